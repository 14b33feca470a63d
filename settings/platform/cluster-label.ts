/** What a stack's cluster, and all that goes with it, is called at Linode: labels there have at most 32 characters. */
export function clusterLabel(stack: string): string {
  return `groundwork-${stack}`.slice(0, 32);
}
