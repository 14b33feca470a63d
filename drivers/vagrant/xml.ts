/** XML as libvirt writes it. */

import { XMLParser } from "fast-xml-parser";

const repeated = new Set(["disk", "interface", "host", "hostname", "ip"]);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => repeated.has(name),
});

/** The document as plain data: attributes begin with `@`, and what may stand several times is a list. */
export function parseXml(text: string): unknown {
  return parser.parse(text);
}

/** A text as it stands in XML. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
