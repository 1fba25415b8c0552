"""Makes /etc/containerd/certs.d say what it should about mirrors, and prints what it changed as a JSON list.

The registries are one set: a registry that is no longer mirrored loses its file, which copying file by file would not do.
Arguments: `check` or `write`, the directory, and a JSON object from registry to the content of its hosts.toml. Files of
others, known by the missing first line, are left alone.
"""

import glob
import json
import os
import sys

OURS = "# Written by shopmicro's registry_mirrors role.\n"


def text(path):
    """Returns the content of a file, or nothing when there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def write(path, content):
    """Replaces a file as a whole."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path + ".new", 0o644)
    os.replace(path + ".new", path)


def reconcile(directory, wanted, dry):
    """Writes what differs, removes what is ours and no longer wanted, and returns the registries that were touched."""
    changed = []
    for registry, content in wanted.items():
        path = os.path.join(directory, registry, "hosts.toml")
        if text(path) != OURS + content:
            changed.append(registry)
            if not dry:
                write(path, OURS + content)
    for path in glob.glob(os.path.join(directory, "*", "hosts.toml")):
        registry = os.path.basename(os.path.dirname(path))
        if registry not in wanted and (text(path) or "").startswith(OURS):
            changed.append(registry)
            if not dry:
                os.remove(path)
    return sorted(changed)


if __name__ == "__main__":
    mode, directory, wanted = sys.argv[1:]
    print(json.dumps(reconcile(directory, json.loads(wanted), mode == "check")))
