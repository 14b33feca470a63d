/** Begins a transaction, writes more than the page cache holds, says so, and never ends: `home`. */
import { openDatabase } from "../../host/database";
import { groundworkHome } from "../../host/home";

const database = openDatabase(groundworkHome({ GROUNDWORK_HOME: process.argv[2] }).ledgerFile);
// A small cache, so that changed pages reach the file before the commit that never comes.
database.exec("PRAGMA cache_size = 5; BEGIN IMMEDIATE; UPDATE instances SET name = 'half done'");
const insert = database.prepare(`
  INSERT INTO instances (stack, id, backend, name, memory_mib, cpus, power, created_at, updated_at)
  VALUES ('torn', ?, 'podman', ?, 1, 1, 'running', 'now', 'now')`);
for (let index = 0; index < 2000; index++) {
  insert.run(String(index), `${"x".repeat(200)}${String(index)}`);
}
process.send?.("inside");
setInterval(() => undefined, 60_000);
