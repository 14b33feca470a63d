"""Writes what Ansible does to a file descriptor, a JSON object a line: see playbooks/events.ts."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: groundwork_events
    type: notification
    short_description: tell Groundwork what is being done
    description:
      - Writes an object for each task that begins and each result to the descriptor in ANSIBLE_GROUNDWORK_EVENTS.
"""


class CallbackModule(CallbackBase):
    """Results come here without what `no_log` hides: Ansible takes it out before."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork_events"

    def __init__(self):
        super().__init__()
        descriptor = os.environ.get("ANSIBLE_GROUNDWORK_EVENTS")
        self.disabled = descriptor is None
        self._stream = None if descriptor is None else os.fdopen(int(descriptor), "w", encoding="utf-8")

    def _tell(self, event, **facts):
        try:
            print(json.dumps({"event": event, **facts}, default=str), file=self._stream, flush=True)
        except OSError:
            # Whoever listened is gone: nobody waits for the rest.
            os._exit(1)

    def v2_playbook_on_start(self, playbook):
        self._tell("begin")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._tell("task", task=task.get_name().strip())

    def v2_playbook_on_handler_task_start(self, task):
        self._tell("task", task=task.get_name().strip())

    def v2_runner_on_ok(self, result):
        changed = result._result.get("changed", False)
        self._tell_result(result, "changed" if changed else "ok", diff=self._diff(result._result) if changed else "")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._tell_result(result, "ignored" if ignore_errors else "failed", message=_message(result._result))

    def v2_runner_on_unreachable(self, result):
        self._tell_result(result, "unreachable", message=_message(result._result))

    def v2_runner_on_skipped(self, result):
        self._tell_result(result, "skipped")

    def _tell_result(self, result, status, message="", diff=""):
        task = result._task.get_name().strip()
        self._tell("result", task=task, host=result._host.get_name(), status=status, message=message, diff=diff)

    def _diff(self, result):
        parts = [part for part in result.get("results", []) if isinstance(part, dict)] or [result]
        return "".join(self._get_diff(part["diff"]) for part in parts if part.get("diff"))


def _message(result):
    """What a failed result says: of a loop its first failed part, then the program's own last words."""
    for part in result.get("results", []):
        if isinstance(part, dict) and (part.get("failed") or part.get("unreachable")):
            return _message(part)
    for part in (result.get("failed_modules") or {}).values():
        return _message(part)
    if result.get("rc") == 127 and str(result.get("msg", "")).startswith("MODULE FAILURE"):
        # A shell's word on it is lost now and then on its way out of a container; its status is not.
        return "No python interpreters found"
    said = [result.get("msg", ""), result.get("stderr") or result.get("module_stderr") or result.get("module_stdout")]
    return "\n".join(str(text).strip() for text in said if text)
