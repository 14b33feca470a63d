/** What the recorded session shows. */

/** The files of the project that is shown. */
export const files: Readonly<Record<string, string>> = {
  ".env": [
    "INFRA_ID=blog",
    "MEMORY=512",
    "COMMAND=python3 -m http.server 80 --directory /srv",
    "VOLUMES=./site:/srv:ro",
    "PORTS=auto:80",
    "",
  ].join("\n"),
  "site/index.html": "<h1>Hello</h1>\n",
};

/** A command line and the status that it ends with. */
export interface Typed {
  readonly command: string;
  /** @default 0 */
  readonly status?: number;
}

/** What is typed, one after the other. */
export const session: readonly Typed[] = [
  { command: "cat .env" },
  { command: "vagrantp up" },
  { command: "vagrantp status" },
  { command: "sed -i s/MEMORY=512/MEMORY=768/ .env" },
  { command: "vagrantp preview" },
  { command: "vagrantp up" },
  { command: "podman stop --time 0 blog" },
  { command: "vagrantp drift", status: 7 },
  { command: "vagrantp up" },
  { command: "vagrantp rm" },
];

/** The title of the recording, which the picture carries as its description. */
export const title = "A project's .env brought up, changed, repaired and removed";
