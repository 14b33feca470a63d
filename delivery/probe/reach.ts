/** What the API server's own words say of a call that it made. Pure. */

/**
 * How far a call came: a verdict was given; something else was answered; its certificate is not trusted; nothing came back in
 * time; nobody listens there; it failed at once, which is all that is told of it; nobody stands behind the service; or none of these.
 */
export type Reach = "verdict" | "answer" | "untrusted" | "silent" | "closed" | "failed" | "nobody" | "unknown";

/** First match wins. The words are those of Go's net, of k8s.io/apiserver (webhook errors) and of kube-aggregator. */
const signs: readonly (readonly [RegExp, Reach])[] = [
  [/admission webhook "[^"]+" denied the request/, "verdict"],
  [/no endpoints available|service "[^"]+" not found|endpoints? .*(have|has) no addresses|is not present/i, "nobody"],
  [/x509:|tls: (failed|unknown|bad)/i, "untrusted"],
  [/deadline exceeded|Client\.Timeout|i\/o timeout|handshake timeout|timed out/i, "silent"],
  [/connection refused|no route to host|network is unreachable|connection reset|EOF/, "closed"],
  [/failed calling webhook|bad status|status code/i, "answer"],
];

/** @param said what the API server wrote of a call: an error of a request, or the message of a condition */
export function reachOf(said: string): Reach {
  return signs.find(([pattern]) => pattern.test(said))?.[1] ?? "unknown";
}

/** The API server's own words in what kubectl wrote; it may complain of other APIs before. */
export function serverError(stderr: string): string {
  const at = stderr.search(/^(Error from server|error:|The \w+ "[^"]*" is invalid)/m);
  return stderr.slice(Math.max(at, 0)).trim();
}
