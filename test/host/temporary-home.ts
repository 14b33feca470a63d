/** A home of its own for each test. */
import { join } from "node:path";
import { groundworkHome, type Home } from "../../host/home";
import { useTemporaryFolder } from "../support/temporary-folder";

/** Gives every test of the file an empty home, and removes it afterwards. */
export function useTemporaryHome(): () => Home {
  const folder = useTemporaryFolder();
  return () => groundworkHome({ GROUNDWORK_HOME: join(folder(), "home") });
}
