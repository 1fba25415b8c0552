"""Tells shopctl how a run goes: one JSON object per line, into the file or FIFO that SHOPCTL_EVENTS names.

Without that variable the plugin does nothing, so that the playbooks can be run by hand.
"""

import errno
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: shopctl_events
type: notification
short_description: writes events for shopctl
description:
  - One JSON object per line, written at once. Its field C(event) is C(play), C(task), C(result) or C(stats).
options: {}
"""

# How much of what a failed program said is passed on; the whole is in Ansible's own log.
TAIL_LINES = 20
TAIL_CHARACTERS = 4000


def tail(text):
    """Returns the end of a text, whole lines, short enough to be shown."""
    lines = str(text).strip().splitlines()[-TAIL_LINES:]
    return "\n".join(lines)[-TAIL_CHARACTERS:]


def message_of(result):
    """Returns what a person needs to read about a failed result, and nothing that a task declared secret."""
    if "censored" in result:
        return "the output is hidden because it holds a secret"
    parts = [tail(result.get(key) or "") for key in ("msg", "stderr", "module_stderr")]
    said = [part for number, part in enumerate(parts) if part and part not in parts[:number]]
    if not result.get("stderr") and not result.get("module_stderr") and result.get("rc") and result.get("stdout"):
        said.append(tail(result["stdout"]))
    if said:
        return "\n".join(said)
    return "not yet" if result.get("finished") in (0, False) else "it failed and said nothing"


def finding_of(result):
    """Returns the finding of preflight or doctor that a result carries, or nothing."""
    item = result.get("item")
    if isinstance(item, dict) and {"host", "finding", "cure"} <= set(item):
        return {key: str(item[key]) for key in ("host", "finding", "cure")}
    return None


def role_of(task):
    """Returns the name of the role that a playbook lists: what it includes works on its behalf."""
    chain = task.get_dep_chain()
    role = chain[0] if chain else getattr(task, "_role", None)
    return role.get_name() if role else None


def open_sink(path):
    """Opens the file or FIFO. A FIFO that nobody reads is as good as none; waiting for a reader would hang the run."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "w", encoding="utf-8")


class CallbackModule(CallbackBase):
    """Passes on the few events that a progress display and a failure report need."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "shopctl_events"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self):
        """Opens the sink, or switches the plugin off."""
        super().__init__()
        path = os.environ.get("SHOPCTL_EVENTS")
        self.sink = open_sink(path) if path else None
        self.disabled = self.sink is None
        self.play = None

    def emit(self, event, **fields):
        """Writes one event. A reader that went away must not end the run."""
        if self.sink is None:
            return
        try:
            self.sink.write(json.dumps({"event": event, **fields}, default=str) + "\n")
            self.sink.flush()
        except OSError:
            self.sink = None

    def report(self, outcome, status):
        """Writes the result of a task, or of one item of its loop, on one host."""
        result = getattr(outcome, "result", None) or getattr(outcome, "_result", {})
        task = getattr(outcome, "task", None) or outcome._task
        host = getattr(outcome, "host", None) or outcome._host
        fields = {"host": host.get_name(), "role": role_of(task), "task": task.get_name().split(" : ", 1)[-1], "status": status}
        if status not in ("ok", "changed", "skipped"):
            fields["message"] = message_of(result)
        finding = finding_of(result)
        if finding:
            fields["finding"] = finding
        self.emit("result", **fields)

    def v2_playbook_on_play_start(self, play):
        """A play begins."""
        self.play = play.get_name().strip()
        hosts = play.get_variable_manager().get_vars(play=play).get("ansible_play_hosts_all", [])
        self.emit("play", name=self.play, hosts=[str(host) for host in hosts])

    def v2_playbook_on_task_start(self, task, is_conditional):
        """A task begins on all hosts of the play."""
        self.emit("task", play=self.play, role=role_of(task), name=task.get_name().split(" : ", 1)[-1])

    def v2_runner_on_ok(self, result):
        """A task succeeded on a host."""
        content = getattr(result, "result", None) or getattr(result, "_result", {})
        self.report(result, "changed" if content.get("changed") else "ok")

    def v2_runner_on_skipped(self, result):
        """A task was not needed on a host."""
        self.report(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        """A task failed on a host."""
        self.report(result, "ignored" if ignore_errors else "failed")

    def v2_runner_item_on_failed(self, result):
        """One item of a loop failed: findings come this way."""
        self.report(result, "failed")

    def v2_runner_on_unreachable(self, result):
        """A host does not answer."""
        task = getattr(result, "task", None) or result._task
        self.report(result, "ignored" if task.ignore_unreachable else "unreachable")

    def v2_runner_retry(self, result):
        """A task is tried again."""
        self.report(result, "retry")

    def v2_playbook_on_stats(self, stats):
        """The run is over."""
        hosts = {}
        for host in sorted(stats.processed):
            summary = stats.summarize(host)
            hosts[host] = {
                "ok": summary["ok"],
                "changed": summary["changed"],
                "failed": summary["failures"],
                "unreachable": summary["unreachable"],
                "skipped": summary["skipped"],
            }
        self.emit("stats", hosts=hosts)
