/** What Ansible is told of the instance. Pure. */

import type { Connection } from "../settings/connection";

/** An inventory with the instance as its one host, in the JSON that Ansible reads. Holds no secret. */
export function renderInventory(id: string, connection: Connection): string {
  return JSON.stringify({ all: { hosts: { [id]: hostVariables(connection) } } });
}

function hostVariables(connection: Connection): Readonly<Record<string, string | number>> {
  switch (connection.kind) {
    case "container":
      return {
        ansible_connection: "groundwork_container",
        ansible_host: connection.container,
        groundwork_program: connection.program,
      };
    case "ssh":
      return {
        ansible_connection: "ssh",
        ansible_host: connection.host,
        ansible_port: connection.port,
        ansible_user: connection.user,
        ansible_ssh_private_key_file: connection.keyFile,
        // The instance is ours and made anew at will: its host key is nobody's promise, and never the user's to keep.
        ansible_ssh_common_args:
          "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -o LogLevel=ERROR",
      };
  }
}
