/** Says in a sentence what keeps the API server from a service, and what to change. Pure. */

import type { Reach } from "./reach";
import type { Surroundings } from "./surroundings";

/** Why a call was not answered by a verdict, and what to do. Without a full stop. */
export function explain(reach: Reach, { namespace, hasReadyPod, admitted }: Surroundings): string {
  const pods = `\`kubectl -n ${namespace} get pods\``;
  if (reach === "untrusted") {
    return "the API server does not trust its certificate; cert-manager's cainjector tells it whom to trust: `kubectl -n cert-manager get pods`";
  }
  if (reach === "answer") return `it is reached and answers, but gives no verdict: see ${pods}`;
  if (reach === "unknown") return "what the API server said is none of what is known of a call that failed";
  if (reach === "nobody" || !hasReadyPod) return `no pod of it is ready: see ${pods}`;
  if (reach === "closed") return `its pods are ready, and nobody listens at its port: see ${pods}`;
  if (reach === "failed") {
    return `its pods are ready, and the call failed at once: nobody listens at its port, or the API server does not trust its certificate: see ${pods}`;
  }
  if (admitted.length > 0) {
    return `calls to it are dropped, and its policies let in ${admitted.join(" and ")}: add the block that the API server calls from to \`network.apiServer\` in the stack's config, then run \`pulumi up\``;
  }
  return `calls to it are dropped, and no policy of the platform lets the API server in there: see \`kubectl -n ${namespace} get networkpolicies\` and the firewall of the nodes`;
}
