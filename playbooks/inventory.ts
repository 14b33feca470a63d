/** What Ansible is told of the instance. Pure. */

import type { Connection } from "../settings/connection";

/** An inventory with the instance as its one host, in the JSON that Ansible reads. Holds no secret. */
export function renderInventory(id: string, connection: Connection): string {
  return JSON.stringify({ all: { hosts: { [id]: hostVariables(connection) } } });
}

function hostVariables(connection: Connection): Readonly<Record<string, string>> {
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
        // Ansible takes the text apart as a shell would.
        ansible_ssh_common_args: `-F '${connection.configFile.replaceAll("'", String.raw`'\''`)}'`,
      };
  }
}
