/** The `.env` that `vagrantp init` writes. */

import { settingKeys, variablePrefix, type SettingKey, type SettingName } from "./keys";

/** What the new file is filled with. */
export interface InitialSettings {
  /** The id to suggest; it stays a comment, so that the directory's name counts. */
  readonly id: string;
  /** The image that counts where none is set. */
  readonly image: string;
}

/** What is set in the new file. The rest of the starters stands there as a comment. */
const set: readonly SettingName[] = ["INFRA_TYPE", "MEMORY", "CPUS"];
const starters: readonly SettingName[] = [
  ...set,
  "INFRA_ID",
  "IMAGE",
  "COMMAND",
  "PORTS",
  "VOLUMES",
  `${variablePrefix}*`,
];

/** Ten lines: what this file is, then a key a line with what it means. It brings up a container as it stands. */
export function renderCommentedEnv(initial: InitialSettings): string {
  const title =
    "# One instance for this project. Start it with `vagrantp up`; check this file with `vagrantp validate`.";
  const rows = settingKeys.filter((key) => starters.includes(key.name)).map((key) => renderKey(key, initial));
  return `${[title, ...rows].join("\n")}\n`;
}

function renderKey(key: SettingKey & { readonly name: SettingName }, initial: InitialSettings): string {
  const name = key.name === `${variablePrefix}*` ? `${variablePrefix}GREETING` : key.name;
  const setting = `${set.includes(key.name) ? "" : "# "}${name}=${suggest(key, initial)}`;
  return `${setting.padEnd(32)}  # ${key.meaning}`;
}

function suggest(key: SettingKey, initial: InitialSettings): string {
  if (key.name === "INFRA_ID") return initial.id;
  if (key.name === "IMAGE") return initial.image;
  return key.example;
}
