"""The survey looks at this machine and answers with what the playbooks ask for."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest

SURVEY = pathlib.Path(__file__).parent.parent / "roles" / "preflight" / "files" / "survey.py"


def survey(**question):
    """Runs the survey as Ansible does: the program on standard input, the question as its argument."""
    question = {"now": time.time(), "ports": [], "modules": [], "sysctl": [], "commands": [], **question}
    done = subprocess.run([sys.executable, "-", json.dumps(question)], input=SURVEY.read_text(), text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)


class Survey(unittest.TestCase):
    """Facts are as the machine has them."""

    def test_names_who_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            ports = survey(ports=[port, 1])["ports"]
        self.assertEqual(list(ports), [str(port)])
        self.assertEqual(ports[str(port)], pathlib.Path("/proc/self/comm").read_text(encoding="utf-8").strip())

    def test_clock(self):
        self.assertGreater(survey(now=time.time() - 100)["clock_offset"], 99)

    def test_commands_and_settings(self):
        seen = survey(commands=["sh", "no-such-program"], sysctl=["kernel.ostype"])
        self.assertEqual(seen["missing_commands"], ["no-such-program"])
        self.assertEqual(seen["sysctl"], {"kernel.ostype": "Linux"})

    def test_sizes(self):
        seen = survey()
        self.assertEqual(seen["cpus"], len(os.sched_getaffinity(0)))
        self.assertGreater(seen["memory_mb"], 0)
        self.assertGreater(seen["free_disk_gb"], 0)


if __name__ == "__main__":
    unittest.main()
