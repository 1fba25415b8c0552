"""Gives a host a set of files, and prints what it changed as a JSON list. One visit to the host, however many files.

Standard input is a JSON object: `check` (look only), `wanted` (a list of `path`, `mode` and `content`; without content it is
a directory) and `owned` (a pattern: files of ours that match it and are not wanted are removed). A file counts as ours when
it begins with MARK. Every file is replaced as a whole, so that a run which is killed leaves the old or the new one.
"""

import glob
import json
import os
import sys

MARK = "# Written by ShopMicro's playbooks"


def text(path):
    """Returns the content of a file, or nothing when there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def mode_of(path):
    """Returns the permissions of what is there."""
    return os.stat(path).st_mode & 0o7777


def is_right(entry):
    """Tells whether the host has the entry already."""
    path, mode, content = entry["path"], int(entry["mode"], 8), entry.get("content")
    there = os.path.isdir(path) if content is None else text(path) == content
    return there and mode_of(path) == mode


def put(entry):
    """Makes a directory, or replaces a file."""
    path, mode, content = entry["path"], int(entry["mode"], 8), entry.get("content")
    if content is None:
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        return
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def leftovers(wanted, pattern):
    """Returns our own files that nobody wants any more."""
    paths = {entry["path"] for entry in wanted}
    return [path for path in glob.glob(pattern) if path not in paths and (text(path) or "").startswith(MARK)]


def reconcile(wanted, owned="", check=False):
    """Makes the host have what is wanted, and returns the paths that differed."""
    differing = [entry for entry in wanted if not is_right(entry)]
    gone = leftovers(wanted, owned) if owned else []
    if not check:
        for entry in differing:
            put(entry)
        for path in gone:
            os.remove(path)
    return [entry["path"] for entry in differing] + gone


if __name__ == "__main__":
    os.umask(0o022)
    print(json.dumps(reconcile(**json.load(sys.stdin))))
