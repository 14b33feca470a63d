/** How the inside of a running instance is reached by a program that works there, such as Ansible. Plain data. */

/** The `exec` of a program that runs containers. */
export interface ContainerConnection {
  readonly kind: "container";
  /** The program, a path or a name on the PATH: podman or docker. */
  readonly program: string;
  /** The container's name. */
  readonly container: string;
}

/** A login over SSH. */
export interface SshConnection {
  readonly kind: "ssh";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The private key's path. */
  readonly keyFile: string;
}

/** One of the ways inside. */
export type Connection = ContainerConnection | SshConnection;
