/** Draws a recording as an animated SVG. The dark window is readable on light and on dark pages. */

import { withoutPauses, type Cast } from "./cast";
import { shownLines, type Run, type ShownLine } from "./screen";

/** Sizes in pixels. */
const [cellWidth, lineHeight, padding, bar] = [8.4, 19, 14, 30];

/** Seconds that the last screen stays before the picture begins again. */
const lastScreenSeconds = 4;

/** GitHub's dark palette: the window, its edge, the text. */
const [background, edge, foreground] = ["#0d1117", "#30363d", "#e6edf3"];

/** The sixteen colours of a terminal, by GitHub's dark palette. */
const palette = [
  ...["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"],
  ...["#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff"],
];

const classes = [
  ...palette.map((colour, index) => `.c${String(index)}{fill:${colour}}`),
  ".b{font-weight:bold}.d{opacity:.6}",
].join("");

/** The picture of a recording. The same recording gives the same picture. */
export async function drawCast(recorded: Cast): Promise<string> {
  const cast = withoutPauses(recorded);
  const end = (cast.events.at(-1)?.[0] ?? 0) + lastScreenSeconds;
  const lines = await shownLines(cast, end);
  const width = Math.ceil(cast.width * cellWidth) + 2 * padding;
  const height = cast.height * lineHeight + 2 * padding + bar;
  const size = `width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}"`;
  const font = `font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14"`;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (colour, index) => `<circle cx="${String(20 + 20 * index)}" cy="18" r="6" fill="${colour}"/>`,
  );
  // All lines begin with this clock, which begins again when it has ended.
  const clock = `<animate id="clock" attributeName="x" begin="0s;clock.end" dur="${seconds(end)}" values="0;0"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" ${font} fill="${foreground}">`,
    `<style>text{visibility:hidden;white-space:pre}${classes}</style>`,
    `<title>${escaped(cast.title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}" stroke="${edge}">${clock}</rect>`,
    ...dots,
    ...lines.map(drawLine),
    "</svg>",
    "",
  ].join("\n");
}

function drawLine({ row, from, to, runs }: ShownLine): string {
  const y = bar + padding + row * lineHeight + 14;
  const shown = `<set attributeName="visibility" to="visible" begin="clock.begin+${seconds(from)}" dur="${seconds(to - from)}"/>`;
  return `<text y="${String(y)}">${shown}${runs.map(drawRun).join("")}</text>`;
}

/** The length keeps the columns in line, whatever font there is. */
function drawRun({ column, text, colour, bold, dim }: Run): string {
  const looks = [
    ...(colour === undefined ? [] : [`c${String(colour)}`]),
    ...(bold ? ["b"] : []),
    ...(dim ? ["d"] : []),
  ];
  const attributes = [
    `x="${pixels(padding + column * cellWidth)}"`,
    `textLength="${pixels(text.length * cellWidth)}"`,
    ...(looks.length === 0 ? [] : [`class="${looks.join(" ")}"`]),
  ];
  return `<tspan ${attributes.join(" ")}>${escaped(text)}</tspan>`;
}

function seconds(value: number): string {
  return `${String(Number(value.toFixed(2)))}s`;
}

function pixels(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
