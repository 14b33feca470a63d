/** Opens a ledger that may be damaged, rebuilds it from nothing, and leases for one stack: `home stack`. */
import { Ledger } from "../../host/ledger";
import { groundworkHome } from "../../host/home";
import { hostView, promise } from "../unit/host/fixtures";

/** How it went. */
export interface RebuildResult {
  readonly error?: string;
}

async function main(root = "", stack = ""): Promise<RebuildResult> {
  try {
    const ledger = Ledger.open(groundworkHome({ GROUNDWORK_HOME: root }));
    ledger.rebuild([]);
    await ledger.lease(stack, [promise("web", { name: stack, memoryMiB: 1, projectDirectory: undefined })], hostView());
    ledger.close();
    return {};
  } catch (error) {
    return { error: String(error) };
  }
}

void main(...process.argv.slice(2)).then((result) => process.send?.(result, () => process.disconnect()));
