/** The boxes that virtual machines are made from. */

import { accepted, problem, refused, type Parsed } from "./values";

/** What BOX may be, in words. */
export const boxAllowed = "the name of a Vagrant box: [owner/]name (debian/bookworm64)";

const longestName = 255;
const part = String.raw`[A-Za-z0-9][\w.-]*`;
const boxPattern = new RegExp(`^${part}(?:/${part})?$`);

/** A box by its name. Whether there is such a box is not known here. */
export function parseBox(text: string): Parsed<string> {
  if (text.length <= longestName && boxPattern.test(text)) return accepted(text);
  return refused(problem(text, "is not the name of a box", boxAllowed));
}
