"""A host gets the files of a role as one set."""

import importlib.util
import pathlib
import tempfile
import unittest

PATH = pathlib.Path(__file__).parent.parent / "roles" / "files" / "files" / "write.py"
SPEC = importlib.util.spec_from_file_location("write", PATH)
FILES = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FILES)


class Files(unittest.TestCase):
    """A second run changes nothing; what is no longer wanted goes; what others wrote stays."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def entry(self, name, content=None, mode="0644"):
        entry = {"path": str(self.root / name), "mode": mode}
        return entry if content is None else {**entry, "content": content}

    def test_writes_once(self):
        wanted = [self.entry("a/one", "1\n"), self.entry("kept", mode="0700"), self.entry("key", "secret\n", "0600")]
        self.assertEqual(len(FILES.reconcile(wanted)), 3)
        self.assertEqual(FILES.reconcile(wanted), [])
        self.assertEqual((self.root / "key").stat().st_mode & 0o777, 0o600)
        self.assertEqual((self.root / "a" / "one").read_text(encoding="utf-8"), "1\n")

    def test_repairs_permissions(self):
        wanted = [self.entry("key", "secret\n", "0600")]
        FILES.reconcile(wanted)
        (self.root / "key").chmod(0o644)
        self.assertEqual(FILES.reconcile(wanted), [wanted[0]["path"]])

    def test_check_writes_nothing(self):
        wanted = [self.entry("one", "1\n")]
        self.assertEqual(FILES.reconcile(wanted, check=True), [wanted[0]["path"]])
        self.assertEqual(list(self.root.iterdir()), [])

    def test_removes_only_what_is_ours(self):
        ours, other = self.entry("docker.io/hosts.toml", FILES.MARK + "\n"), self.root / "example.com"
        FILES.reconcile([ours])
        other.mkdir()
        (other / "hosts.toml").write_text("server = 'x'\n", encoding="utf-8")
        self.assertEqual(FILES.reconcile([], owned=f"{self.root}/*/hosts.toml"), [ours["path"]])
        self.assertTrue((other / "hosts.toml").exists())


if __name__ == "__main__":
    unittest.main()
