/** References to container images. */

import { accepted, problem, refused, type Parsed } from "./values";

/** What IMAGE may be, in words. */
export const imageAllowed = "an image reference in lower case: [registry[:port]/]name[:tag][@sha256:digest]";

// The grammar of github.com/distribution/reference, which Podman follows; a name has at most 255 characters.
const longestReference = 512;
const longestName = 255;
const host = String.raw`[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*`;
const part = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const namePattern = String.raw`(?:${host}(?::\d+)?/)?${part}(?:/${part})*`;
const tag = String.raw`[\w][\w.-]{0,127}`;
// Of the digests that it knows, registries use SHA-256 alone; Podman refuses one of another length.
const digest = "sha256:[0-9a-f]{64}";
const referencePattern = new RegExp(`^(${namePattern})(?::${tag})?(?:@${digest})?$`);

/** An image's reference as it is given to the backend. Whether the image exists is not known here. */
export function parseImage(text: string): Parsed<string> {
  const match = text.length <= longestReference ? referencePattern.exec(text) : null;
  if (match?.[1] === undefined || match[1].length > longestName) {
    return refused(problem(text, "is not an image reference", imageAllowed));
  }
  return accepted(text);
}
