/** `bin/platform destroy`: what `pulumi destroy` would leave to be paid for is told before, and what it left is told after. */

import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { destroy } from "../../../engine/operations";
import { readConfig, readOutputs } from "../../../engine/stack-values";
import type { Workspace } from "../../../engine/workspace";
import { withKubeconfig } from "../../../host/kubectl";
import { GroundworkError } from "../../../settings/errors";
import { clusterLabel } from "../../../settings/platform/cluster-label";
import { requireLinodeToken } from "../../../settings/platform/linode-token";
import { clusterObjects, type ClusterObjects } from "./cluster-objects";
import { belongings, type Belonging } from "./leftovers";
import type { LinodeAccess } from "../linode";
import { linodeObjects, linodePrices } from "./linode-objects";
import { leftoverText, removalText } from "./texts";

/** What is destroyed, and how it is told. */
export interface DestroyOptions {
  readonly workspace: Workspace;
  /** Whether it is done; else it is told what would stay. */
  readonly yes: boolean;
  /** Shows a result. */
  readonly show: (text: string) => void;
  /** Tells what is being done. */
  readonly say: (line: string) => void;
  /** Aborted: the engine is asked to cancel. @default never */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells what would stay at Linode and what that costs; destroys the stack where that is wanted, and tells what is still there.
 *
 * @returns whether the stack was destroyed
 * @throws GroundworkError CONFIG_MISSING without a token of Linode's, before anything is asked or removed
 */
export async function destroyPlatform(options: DestroyOptions): Promise<boolean> {
  const { workspace, yes, show, say, signal } = options;
  const config = await readConfig(workspace);
  const onLinode = isOnLinode(config);
  const access = onLinode ? linodeAccess(workspace, config) : undefined;
  const before = access === undefined ? [] : await belongingsOf(workspace, access, say);
  const staying = before.filter(({ stays }) => stays !== undefined);
  show(leftoverText(workspace.stack, staying, onLinode));
  if (!yes) return false;

  await destroy(workspace, { signal, onEvent: (event) => tell(event, say), onWait: (error) => say(error.message) });
  if (access !== undefined) show(removalText(await stillThere(before, access)));
  return true;
}

/** A cluster that somebody else made is not destroyed, nor what belongs to it. */
function isOnLinode(config: Readonly<Record<string, string | undefined>>): boolean {
  const platform = JSON.parse(config["groundwork:platform"] ?? "{}") as { cluster?: { existing?: object } };
  return platform.cluster?.existing === undefined;
}

function linodeAccess({ stack }: Workspace, config: Readonly<Record<string, string | undefined>>): LinodeAccess {
  const { LINODE_TOKEN: environment, LINODE_URL: url } = process.env;
  const token = requireLinodeToken(stack, { config: config["linode:token"], environment });
  const setBy = `pulumi config set --secret linode:token -s ${stack}`;
  return { token, setBy, url: config["linode:url"] ?? url };
}

async function belongingsOf(
  workspace: Workspace,
  access: LinodeAccess,
  say: DestroyOptions["say"],
): Promise<readonly Belonging[]> {
  const { kubeconfig } = await readOutputs(workspace);
  const [linode, prices, cluster] = await Promise.all([
    linodeObjects(access),
    linodePrices(access),
    typeof kubeconfig === "string" ? askCluster(kubeconfig, say) : undefined,
  ]);
  return belongings({ label: clusterLabel(workspace.stack), linode, prices, cluster });
}

/** A cluster that does not answer, e.g. because half of it is destroyed, keeps nobody from going on. */
async function askCluster(kubeconfig: string, say: DestroyOptions["say"]): Promise<ClusterObjects | undefined> {
  try {
    return await withKubeconfig(kubeconfig, (file) => clusterObjects({ kubeconfig: file }));
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    say(error.message);
    return undefined;
  }
}

/** Of what belonged to the cluster. Linode takes its time with what the cluster had removed, so this is what is there by now. */
async function stillThere(before: readonly Belonging[], access: LinodeAccess): Promise<readonly Belonging[]> {
  const { volumes, balancers } = await linodeObjects(access);
  const ids = { volume: volumes.map(({ id }) => id), NodeBalancer: balancers.map(({ id }) => id) };
  return before.filter(({ kind, id }) => ids[kind].includes(id));
}

function tell({ resourcePreEvent }: EngineEvent, say: DestroyOptions["say"]): void {
  const { op, type, urn } = resourcePreEvent?.metadata ?? { op: "same", type: "", urn: "" };
  if (op === "delete") say(`deleting ${type} ${urn.split("::").at(-1) ?? ""}`);
}
