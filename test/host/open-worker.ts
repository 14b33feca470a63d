/** Opens the ledger of a home and writes what that gave: `home`. */
import { groundworkHome } from "../../host/home";
import { Ledger } from "../../host/ledger";
import { GroundworkError } from "../../settings/errors";

try {
  Ledger.open(groundworkHome({ GROUNDWORK_HOME: process.argv[2] })).close();
  process.send?.("opened");
} catch (error) {
  process.send?.(error instanceof GroundworkError ? error.toText() : String(error));
}
