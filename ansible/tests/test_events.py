"""The events that shopctl reads, from a real run of ansible-playbook on this machine."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parent.parent
PLAYBOOK = """
- name: A play
  hosts: all
  gather_facts: false
  connection: local
  tasks:
    - name: Succeed
      ansible.builtin.command: "true"
      changed_when: true
    - name: Skip
      ansible.builtin.command: "false"
      when: false
    - name: Shrug
      ansible.builtin.command: "false"
      ignore_errors: true
    - name: Hide
      ansible.builtin.shell: echo hunter2; false
      no_log: true
      ignore_errors: true
    - name: Report
      ansible.builtin.fail:
        msg: "{{ item.finding }}"
      loop:
        - {host: here, finding: it is too small, cure: Use a larger one.}
"""


def ansible_playbook():
    """Returns the program, from beside this Python or from PATH."""
    beside = pathlib.Path(sys.executable).with_name("ansible-playbook")
    return str(beside) if beside.exists() else shutil.which("ansible-playbook")


@unittest.skipUnless(ansible_playbook(), "ansible-playbook is not installed")
class Events(unittest.TestCase):
    """One line per event, complete, and without secrets."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            sink = pathlib.Path(directory) / "events"
            playbook = pathlib.Path(directory) / "playbook.yml"
            playbook.write_text(PLAYBOOK, encoding="utf-8")
            environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "SHOPCTL_EVENTS": str(sink)}
            done = subprocess.run([ansible_playbook(), "-i", "here,", "-e", f"ansible_python_interpreter={sys.executable}", str(playbook)],
                                  env=environment, capture_output=True, text=True, check=False)
            cls.code = done.returncode
            cls.text = sink.read_text(encoding="utf-8")
        cls.events = [json.loads(line) for line in cls.text.splitlines()]

    def results(self, task):
        return [event for event in self.events if event["event"] == "result" and event["task"] == task]

    def test_order(self):
        self.assertEqual(self.code, 2)
        self.assertEqual(self.events[0], {"event": "play", "name": "A play", "hosts": ["here"]})
        self.assertEqual(self.events[1], {"event": "task", "play": "A play", "role": None, "name": "Succeed"})
        self.assertEqual(self.events[-1]["event"], "stats")

    def test_statuses(self):
        self.assertEqual([self.results(task)[0]["status"] for task in ("Succeed", "Skip", "Shrug")],
                         ["changed", "skipped", "ignored"])

    def test_failures_say_why(self):
        self.assertIn("non-zero return code", self.results("Shrug")[0]["message"])

    def test_secrets_stay_hidden(self):
        self.assertNotIn("hunter2", self.text)
        self.assertIn("hidden", self.results("Hide")[0]["message"])

    def test_findings(self):
        item = self.results("Report")[0]
        self.assertEqual(item["finding"], {"host": "here", "finding": "it is too small", "cure": "Use a larger one."})
        self.assertEqual((item["status"], item["message"]), ("failed", "it is too small"))

    def test_stats(self):
        self.assertEqual(self.events[-1]["hosts"]["here"]["failed"], 1)


if __name__ == "__main__":
    unittest.main()
