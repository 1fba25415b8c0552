"""The files about registry mirrors are kept as one set."""

import importlib.util
import pathlib
import tempfile
import unittest

PATH = pathlib.Path(__file__).parent.parent / "roles" / "registry_mirrors" / "files" / "write.py"
SPEC = importlib.util.spec_from_file_location("write", PATH)
MIRRORS = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MIRRORS)


class Mirrors(unittest.TestCase):
    """A second run changes nothing; what is no longer wanted goes; what others wrote stays."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def reconcile(self, wanted, dry=False):
        return MIRRORS.reconcile(str(self.root), wanted, dry)

    def test_writes_once(self):
        wanted = {"docker.io": "one\n", "ghcr.io": "two\n"}
        self.assertEqual(self.reconcile(wanted), ["docker.io", "ghcr.io"])
        self.assertEqual(self.reconcile(wanted), [])
        self.assertIn("one", (self.root / "docker.io" / "hosts.toml").read_text(encoding="utf-8"))

    def test_check_writes_nothing(self):
        self.assertEqual(self.reconcile({"docker.io": "one\n"}, dry=True), ["docker.io"])
        self.assertEqual(list(self.root.iterdir()), [])

    def test_removes_its_own_only(self):
        self.reconcile({"docker.io": "one\n"})
        other = self.root / "example.com"
        other.mkdir()
        (other / "hosts.toml").write_text("server = 'x'\n", encoding="utf-8")
        self.assertEqual(self.reconcile({}), ["docker.io"])
        self.assertTrue((other / "hosts.toml").exists())
        self.assertFalse((self.root / "docker.io" / "hosts.toml").exists())


if __name__ == "__main__":
    unittest.main()
