/** How the inside of a running instance is reached by a program that works there, such as Ansible. Plain data. */

/** The `exec` of a program that runs containers. */
export interface ContainerConnection {
  readonly kind: "container";
  /** The program, a path or a name on the PATH: podman or docker. */
  readonly program: string;
  /** The container's name. */
  readonly container: string;
}

/** OpenSSH with a configuration of the instance's own, as `ssh -F FILE HOST`. */
export interface SshConnection {
  readonly kind: "ssh";
  /** What the configuration is asked for. */
  readonly host: string;
  /** The configuration's path: address, user, key and known hosts stand there. */
  readonly configFile: string;
}

/** One of the ways inside. */
export type Connection = ContainerConnection | SshConnection;
