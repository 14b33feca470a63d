/** The ledger's file over its life: opened, backed up, and brought back when it is damaged or gone. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { connect, guarded, isDamage, isSound, openDatabase } from "./database";
import { ensureDirectory, type Home } from "./home";
import { statements } from "./ledger-schema";

/** The copy that is made after each change of promises. */
export function backupFile(home: Home): string {
  return `${home.ledgerFile}.backup`;
}

/**
 * Opens the ledger of a home. A damaged one is set aside first; one that is damaged or gone is made again from its
 * backup, and the backends are still to be asked, see `Ledger.rebuild`. Of several processes that find it so, one
 * does that and the others wait.
 */
export function openLedgerFile(home: Home): DatabaseSync {
  if (isMissing(home.ledgerFile) && hasPast(home)) recover(home);
  try {
    return openDatabase(home.ledgerFile);
  } catch (error) {
    if (!isDamage(error)) throw error;
    recover(home);
    return openDatabase(home.ledgerFile);
  }
}

/**
 * Copies the ledger to its backup: an own file first, then renamed, so that there is always a whole one. The turn that
 * every writer takes keeps an older copy from replacing a younger one.
 */
export function backUp(home: Home, database: DatabaseSync): void {
  const draft = `${backupFile(home)}.${randomUUID()}`;
  const turn = connect(home.ledgerFile);
  try {
    turn.exec("BEGIN IMMEDIATE");
    copyDatabase(database, draft);
    renameSync(draft, backupFile(home));
  } finally {
    turn.close();
    rmSync(draft, { force: true });
  }
}

/** The names of the stacks whose state is in this home. */
export function stacksOf(home: Home): ReadonlySet<string> {
  const shared = join(home.stacksDirectory, ".pulumi", "stacks", "groundwork");
  const files = namesIn(shared).filter((name) => name.endsWith(".json"));
  return new Set([...namesIn(home.projectsDirectory), ...files.map((name) => name.slice(0, -".json".length))]);
}

/** Whether this home had a ledger before, by what else lies in it. */
function hasPast(home: Home): boolean {
  return existsSync(backupFile(home)) || existsSync(home.oldLedgerFile) || stacksOf(home).size > 0;
}

function recover(home: Home): void {
  ensureDirectory(home.root);
  const turn = connect(`${home.ledgerFile}.recovery`);
  try {
    guarded(home.ledgerFile, () => turn.exec("BEGIN EXCLUSIVE"));
    // Another process may have done it meanwhile.
    if (!isMissing(home.ledgerFile) && isSound(home.ledgerFile)) return;
    const kept = setAside(home.ledgerFile);
    restore(home, kept === undefined ? "was gone" : `was damaged, and is kept as ${kept}`);
  } finally {
    turn.close();
  }
}

/**
 * Keeps the damaged file by another name, with the journal that belongs to it. The file itself stays until the new one
 * takes its place: who opens it meanwhile finds the damage and waits, and does not begin an empty ledger.
 *
 * @returns the new name; undefined where there was no file
 */
function setAside(file: string): string | undefined {
  const kept = `${file}.damaged-${new Date().toISOString().replaceAll(":", "")}`;
  if (!isMissing(`${file}-journal`)) renameSync(`${file}-journal`, `${kept}-journal`);
  if (isMissing(file)) return undefined;
  copyFileSync(file, kept);
  return kept;
}

/** Makes the ledger from the best copy there is, with a note of what happened. */
function restore(home: Home, happened: string): void {
  const draft = `${home.ledgerFile}.${randomUUID()}`;
  const source = [backupFile(home), home.oldLedgerFile].find((file) => !isMissing(file) && isSound(file));
  try {
    if (source !== undefined) {
      using database = connect(source);
      copyDatabase(database, draft);
    }
    using database = openDatabase(draft);
    if (source !== home.oldLedgerFile)
      database.prepare(statements.noteRecovery).run({ happened: noteOf(home, happened, source) });
  } finally {
    rmSync(`${draft}-journal`, { force: true });
  }
  renameSync(draft, home.ledgerFile);
  if (source === home.oldLedgerFile) renameSync(source, `${source}.moved`);
}

function noteOf(home: Home, happened: string, source: string | undefined): string {
  const from = source === undefined ? "from nothing" : `from the backup of ${statSync(source).mtime.toISOString()}`;
  return `The ledger ${home.ledgerFile} ${happened}; it was made again ${from}`;
}

/** By SQLite's own means, so that it is of one moment whatever others write. */
function copyDatabase(database: DatabaseSync, target: string): void {
  database.prepare("VACUUM INTO ?").run(target);
  chmodSync(target, 0o600);
  const descriptor = openSync(target, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Whether a file is not there, or has nothing in it. */
function isMissing(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
