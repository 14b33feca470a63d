/** The ledger's SQLite file: opening it, transactions, and errors that people can act on. */
import { randomUUID } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type * as sqlite from "node:sqlite";
import { GroundworkError } from "../settings/errors";
import { ensureDirectory } from "./home";
import { diskFull, isDiskFull, unwritable } from "./system-errors";
import { migrations, schemaVersion } from "./ledger-schema";

const busyTimeoutMs = 10_000;

/**
 * Opens the file, makes its tables when it is new, and brings those of an older Groundwork to this one's.
 *
 * The journal is a rollback journal, not a write-ahead log: that one needs shared memory between all processes, which
 * network and many virtual file systems (a home on NFS, 9p, virtiofs) do not give, and leaves two more files to copy
 * in a backup. A ledger is written a few times for each `up`, 2 ms each, so its speed is not missed. TRUNCATE makes a commit
 * durable without a sync of the directory.
 *
 * @throws GroundworkError as {@link explain} says; ENGINE_FAILED when a newer Groundwork wrote the file.
 */
export function openDatabase(path: string): sqlite.DatabaseSync {
  ensureDirectory(dirname(path));
  return guarded(path, () => {
    const database = connect(path);
    try {
      database.exec("PRAGMA journal_mode = TRUNCATE");
      prepareSchema(database, path);
      requireSound(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** A connection that waits for others, to a file of any content. */
export function connect(path: string): sqlite.DatabaseSync {
  return new (loadSqlite().DatabaseSync)(path, { timeout: busyTimeoutMs });
}

/** Whether SQLite finds nothing wrong with a file. */
export function isSound(path: string): boolean {
  const database = connect(path);
  try {
    requireSound(database);
    return true;
  } catch (error) {
    if (isDamage(explain(path, error))) return false;
    throw explain(path, error);
  } finally {
    database.close();
  }
}

/** Whether an error of {@link openDatabase} says that the file is damaged. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof GroundworkError ? error.details["sqlite"] : undefined;
  return typeof code === "number" && [corrupt, notADatabase].includes(code & 0xff);
}

/** Reads every page, which takes half a millisecond for the promises of a hundred projects. */
function requireSound(database: sqlite.DatabaseSync): void {
  const [finding] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
  if (finding !== "ok") throw Object.assign(new Error(String(finding)), { errcode: corrupt });
}

/** Does the work in one transaction that no other writer can interleave with; an error undoes all of it. */
export function inTransaction<T>(database: sqlite.DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}

/** Runs work on the file at `path` and turns SQLite's errors into ours. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(path, error);
  }
}

function prepareSchema(database: sqlite.DatabaseSync, path: string): void {
  if (versionOf(database) < schemaVersion) {
    inTransaction(database, () => {
      // Another process may have made the tables since.
      const version = versionOf(database);
      if (version === 0) chmodSync(path, 0o600);
      for (const step of migrations.slice(version)) database.exec(step);
      database.exec(`PRAGMA user_version = ${Math.max(version, schemaVersion)}`);
    });
  }
  const version = versionOf(database);
  if (version !== schemaVersion) {
    throw new GroundworkError(
      "ENGINE_FAILED",
      `The ledger ${path} was written by a newer Groundwork (version ${version}; this one knows ${schemaVersion}).`,
      {
        details: { path, version, known: schemaVersion },
        suggestion: "Update this checkout of Groundwork: `git pull`, then `make setup`.",
      },
    );
  }
}

function versionOf(database: sqlite.DatabaseSync): number {
  return database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
}

/**
 * Loads SQLite when it is first needed. Node 22 warns that its SQLite is experimental, and would do so on every
 * command; that one warning is left out.
 */
function loadSqlite(): typeof sqlite {
  const { emitWarning } = process as { emitWarning: (this: NodeJS.Process, ...warning: unknown[]) => void };
  process.emitWarning = (...warning: unknown[]): void => {
    if (!String(warning[0]).startsWith("SQLite is an experimental feature")) {
      emitWarning.apply(process, warning);
    }
  };
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
const busy = 5;
const locked = 6;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/** An error of SQLite as one of ours; any other error as it is. */
function explain(path: string, error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) {
    return error;
  }
  const details = { path, sqlite: code };
  const reason = (error as Error).message;
  switch (code & 0xff) {
    case busy:
    case locked:
      if (!canLock(path)) return withoutLocks(path, error);
      return new GroundworkError("LOCKED", `Another process has held the ledger ${path} for 10 seconds.`, {
        cause: error,
        details,
      });
    case readOnly:
    case cannotOpen:
      // Without room not even the journal can be made.
      if (isDiskFull(path)) return diskFull(path, error);
      return unwritable(path, Object.assign(new Error(reason), { code: reason }));
    case full:
      return diskFull(path, error);
    case ioError:
      return new GroundworkError("ENGINE_FAILED", `The file system failed under the ledger ${path}: ${reason}.`, {
        cause: error,
        details,
        suggestion: "Set GROUNDWORK_HOME to a directory on a local disk; some network file systems have no locks.",
      });
    case corrupt:
    case notADatabase:
      return new GroundworkError("ENGINE_FAILED", `The ledger ${path} is damaged: ${reason}.`, {
        cause: error,
        details,
        suggestion: "Run the same command again: the file is set aside, and made again from its backup.",
      });
    default:
      return error;
  }
}

/**
 * Whether SQLite can lock files beside this one. SQLite says `busy` also where the file system has no locks (ENOLCK);
 * a new file, which nobody else knows, tells the two apart.
 */
function canLock(path: string): boolean {
  const probe = `${path}.${randomUUID()}`;
  try {
    const database = new (loadSqlite().DatabaseSync)(probe);
    try {
      database.exec("BEGIN EXCLUSIVE; ROLLBACK");
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    return ((error as { errcode?: number }).errcode ?? 0) !== busy;
  } finally {
    rmSync(probe, { force: true });
  }
}

function withoutLocks(path: string, cause: unknown): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", `The file system of the ledger ${path} has no locks.`, {
    cause,
    details: { path },
    suggestion: "Set GROUNDWORK_HOME to a directory on a local disk.",
  });
}
