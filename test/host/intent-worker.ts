/** Sets an intent for an instance, says so, and waits: `home stack id`. */
import { Ledger } from "../../host/ledger";
import { groundworkHome } from "../../host/home";

const [root, stack = "", id = ""] = process.argv.slice(2);
const ledger = Ledger.open(groundworkHome({ GROUNDWORK_HOME: root }));
ledger.setIntent({ stack, id, backend: "podman" }, "creating");
ledger.close();
process.send?.("set");
setInterval(() => undefined, 60_000);
