/** The tables of the ledger, and what is done to them. */

/**
 * The steps from one version of the tables to the next; the version stands in `PRAGMA user_version`, 0 in an empty
 * file. A step that was ever released is never changed: what shall be otherwise is a further step.
 */
export const migrations: readonly string[] = [
  /**
   * 1. What no code can break: a name once at a backend, a port once on the host, no port without its instance.
   * An instance that is leaving has let go of its name: its stack may already give it to another.
   */
  `
  CREATE TABLE instances (
    stack TEXT NOT NULL,
    id TEXT NOT NULL,
    backend TEXT NOT NULL,
    name TEXT NOT NULL,
    project_directory TEXT,
    memory_mib INTEGER NOT NULL CHECK (memory_mib >= 0),
    cpus REAL NOT NULL CHECK (cpus >= 0),
    power TEXT NOT NULL CHECK (power IN ('running', 'stopped')),
    leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1)),
    backend_id TEXT,
    intent TEXT,
    intent_pid INTEGER,
    intent_started TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (stack, id, backend),
    CHECK ((intent IS NULL) = (intent_pid IS NULL) AND (intent IS NULL) = (intent_started IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX instance_names ON instances (backend, name) WHERE leaving = 0;
  CREATE TABLE ports (
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    address TEXT NOT NULL,
    stack TEXT NOT NULL,
    id TEXT NOT NULL,
    backend TEXT NOT NULL,
    inside INTEGER NOT NULL CHECK (inside BETWEEN 1 AND 65535),
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    PRIMARY KEY (protocol, port),
    FOREIGN KEY (stack, id, backend) REFERENCES instances (stack, id, backend) ON DELETE CASCADE ON UPDATE CASCADE
  ) STRICT;`,
  /** 2. Who is changing a project: one run at a time. */
  `
  CREATE TABLE runs (
    project TEXT NOT NULL PRIMARY KEY,
    verb TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    since TEXT NOT NULL
  ) STRICT;`,
  /** 3. A subnet once on the host, one for each stack at a backend, given back with its last instance there. */
  `
  CREATE TABLE subnets (
    subnet TEXT PRIMARY KEY,
    stack TEXT NOT NULL,
    backend TEXT NOT NULL,
    UNIQUE (stack, backend)
  ) STRICT;
  CREATE TRIGGER subnet_of_deleted AFTER DELETE ON instances BEGIN
    DELETE FROM subnets WHERE stack = OLD.stack AND backend = OLD.backend
      AND NOT EXISTS (SELECT * FROM instances WHERE stack = OLD.stack AND backend = OLD.backend);
  END;
  CREATE TRIGGER subnet_of_moved AFTER UPDATE OF stack ON instances BEGIN
    DELETE FROM subnets WHERE stack = OLD.stack AND backend = OLD.backend
      AND NOT EXISTS (SELECT * FROM instances WHERE stack = OLD.stack AND backend = OLD.backend);
  END;`,
  /** 4. What happened to a file that was made again, until the backends were asked what there is. */
  "CREATE TABLE recovery (happened TEXT NOT NULL) STRICT;",
  /** 5. The playbook that was applied to an instance, and the object that it was applied to. */
  `
  ALTER TABLE instances ADD COLUMN playbook TEXT;
  ALTER TABLE instances ADD COLUMN playbook_object TEXT;`,
  /** 6. An instance's own address on a bridge, once on the host. */
  `
  CREATE TABLE addresses (
    address TEXT PRIMARY KEY,
    stack TEXT NOT NULL,
    id TEXT NOT NULL,
    backend TEXT NOT NULL,
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    UNIQUE (stack, id, backend),
    FOREIGN KEY (stack, id, backend) REFERENCES instances (stack, id, backend) ON DELETE CASCADE ON UPDATE CASCADE
  ) STRICT;`,
  /** 7. The disk of a virtual machine; a container has none. */
  "ALTER TABLE instances ADD COLUMN disk_gib INTEGER NOT NULL DEFAULT 0 CHECK (disk_gib >= 0);",
];

/** The version of the tables that this program reads and writes. */
export const schemaVersion = migrations.length;

/** The statements. An instance is always found by stack, id and backend, in this order. */
export const statements = {
  /** One statement, so that instances and ports are of the same moment. */
  entries: `
    SELECT instances.*, addresses.address, addresses.automatic AS address_automatic, (
      SELECT json_group_array(json_object('protocol', protocol, 'host', port, 'address', address, 'inside', inside,
        'automatic', json(iif(automatic, 'true', 'false'))) ORDER BY protocol, port)
      FROM ports WHERE ports.stack = instances.stack AND ports.id = instances.id AND ports.backend = instances.backend
    ) AS ports, (
      SELECT subnet FROM subnets WHERE subnets.stack = instances.stack AND subnets.backend = instances.backend
    ) AS subnet FROM instances LEFT JOIN addresses USING (stack, id, backend) ORDER BY stack, id, backend`,
  markLeaving: "UPDATE instances SET leaving = 1 WHERE stack = ?",
  promise: `
    INSERT INTO instances
      (stack, id, backend, name, project_directory, memory_mib, cpus, disk_gib, power, created_at, updated_at)
    VALUES (:stack, :id, :backend, :name, :projectDirectory, :memoryMiB, :cpus, :diskGiB, :power, :now, :now)
    ON CONFLICT (stack, id, backend) DO UPDATE SET leaving = 0, name = :name, project_directory = :projectDirectory,
      memory_mib = :memoryMiB, cpus = :cpus, disk_gib = :diskGiB, power = :power, updated_at = :now`,
  dropGone: "DELETE FROM instances WHERE stack = ? AND leaving = 1 AND backend_id IS NULL AND intent IS NULL",
  dropPorts: "DELETE FROM ports WHERE stack = ?",
  leasePort: `
    INSERT INTO ports (protocol, port, address, stack, id, backend, inside, automatic)
    VALUES (:protocol, :host, :address, :stack, :id, :backend, :inside, :automatic)`,
  dropAddresses: "DELETE FROM addresses WHERE stack = ?",
  leaseAddress: `
    INSERT INTO addresses (address, stack, id, backend, automatic)
    VALUES (:address, :stack, :id, :backend, :automatic)`,
  leaseSubnet: `
    INSERT INTO subnets (subnet, stack, backend) VALUES (:subnet, :stack, :backend)
    ON CONFLICT (stack, backend) DO UPDATE SET subnet = :subnet`,
  release: "DELETE FROM instances WHERE stack = ?",
  recordObject: "UPDATE instances SET backend_id = :backendId WHERE stack = :stack AND id = :id AND backend = :backend",
  /** What was applied to the files inside goes with them. */
  carryPlaybook: `
    UPDATE instances SET playbook_object = :backendId
    WHERE stack = :stack AND id = :id AND backend = :backend AND playbook_object = backend_id`,
  recordPlaybook: `
    UPDATE instances SET playbook = :playbook, playbook_object = backend_id
    WHERE stack = :stack AND id = :id AND backend = :backend`,
  forgetPlaybook: `
    UPDATE instances SET playbook = NULL, playbook_object = NULL
    WHERE stack = :stack AND id = :id AND backend = :backend`,
  setPower: "UPDATE instances SET power = :power WHERE stack = :stack AND id = :id AND backend = :backend",
  objectOf: "SELECT backend_id AS backendId FROM instances WHERE stack = :stack AND id = :id AND backend = :backend",
  forgetObject: "UPDATE instances SET backend_id = NULL WHERE stack = :stack AND id = :id AND backend = :backend",
  dropLeft: "DELETE FROM instances WHERE stack = :stack AND id = :id AND backend = :backend AND leaving = 1",
  setIntent: `
    UPDATE instances SET intent = :kind, intent_pid = :pid, intent_started = :started
    WHERE stack = :stack AND id = :id AND backend = :backend`,
  clearIntent: `
    UPDATE instances SET intent = NULL, intent_pid = NULL, intent_started = NULL
    WHERE stack = :stack AND id = :id AND backend = :backend
      AND intent_pid = :pid AND intent_started = :started`,
  noteRecovery: "INSERT INTO recovery (happened) VALUES (:happened)",
  recovery: "SELECT happened FROM recovery",
  endRecovery: "DELETE FROM recovery",
  forget: "DELETE FROM instances WHERE stack = :stack AND id = :id AND backend = :backend",
  run: "SELECT verb, pid, started, since FROM runs WHERE project = :project",
  beginRun: `
    INSERT INTO runs (project, verb, pid, started, since) VALUES (:project, :verb, :pid, :started, :since)
    ON CONFLICT (project) DO UPDATE SET verb = :verb, pid = :pid, started = :started, since = :since`,
  endRun: "DELETE FROM runs WHERE project = :project AND pid = :pid AND started = :started",
  transfer: `
    UPDATE instances SET stack = :toStack, id = :toId, name = :name, project_directory = :projectDirectory, leaving = 0,
      updated_at = :now
    WHERE stack = :stack AND id = :id AND backend = :backend`,
} as const;
