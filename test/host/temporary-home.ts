/** A home of its own for each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groundworkHome } from "../../host/home";
import type { Home } from "../../host/home";

/** Gives every test of the file an empty home, and removes it afterwards. */
export function useTemporaryHome(): () => Home {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "groundwork-host-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return () => groundworkHome({ GROUNDWORK_HOME: join(directory, "home") });
}
