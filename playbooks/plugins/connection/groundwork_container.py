"""Reaches the inside of a container of this host by the `exec` of Podman or Docker."""

from __future__ import annotations

import shlex
import subprocess

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_bytes, to_native
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
    name: groundwork_container
    short_description: run tasks in a container of this host
    description:
      - Runs every command by C(PROGRAM exec), and sends modules and files by standard input.
    options:
      program:
        description: The program that runs the container, podman or docker.
        required: true
        vars:
          - name: groundwork_program
      remote_addr:
        description: The container's name.
        vars:
          - name: inventory_hostname
          - name: ansible_host
      remote_user:
        description: Who runs commands inside. By default whoever the image says.
        vars:
          - name: ansible_user
"""


class Connection(ConnectionBase):
    """A container that does not run is unreachable; all else that fails is the command's own failure."""

    transport = "groundwork_container"
    has_pipelining = True

    def _connect(self):
        return self

    def close(self):
        self._connected = False

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self._run(cmd, in_data)

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)
        with open(to_bytes(in_path), "rb") as source:
            code, _, stderr = self._run("cat > " + shlex.quote(out_path), source.read())
        if code != 0:
            raise AnsibleError("%s could not be written: %s" % (out_path, to_native(stderr)))

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)
        code, stdout, stderr = self._run("cat " + shlex.quote(in_path))
        if code != 0:
            raise AnsibleError("%s could not be read: %s" % (in_path, to_native(stderr)))
        with open(to_bytes(out_path), "wb") as target:
            target.write(stdout)

    def _run(self, command, in_data=None):
        user = self.get_option("remote_user")
        options = ["--interactive"] + (["--user", user] if user else [])
        ended = self._call(["exec"] + options + [self.get_option("remote_addr"), "/bin/sh", "-c", command], in_data)
        if ended.returncode != 0 and not self._is_running():
            raise AnsibleConnectionFailure(to_native(ended.stderr).strip() or "the container does not run")
        return ended.returncode, ended.stdout, ended.stderr

    def _is_running(self):
        inspect = ["container", "inspect", "--format", "{{.State.Running}}", self.get_option("remote_addr")]
        return self._call(inspect).stdout.strip() == b"true"

    def _call(self, parameters, in_data=None):
        command = [to_bytes(part) for part in [self.get_option("program")] + parameters]
        return subprocess.run(command, input=in_data or b"", capture_output=True, check=False)
