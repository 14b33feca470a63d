/** Plays a recording on a terminal without a screen and tells what stood in each line, and when. */

import { Terminal, type IBufferCell } from "@xterm/headless";
import type { Cast, Written } from "./cast";

/** Neighbouring cells that look alike. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** 0 to 15, or undefined for the terminal's own. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A line of the screen, for as long as it did not change. */
export interface ShownLine {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly runs: readonly Run[];
}

/** What is written within one tenth of a second is one change. */
const framesPerSecond = 10;

/** What was written in each frame, by the time of its first text. */
function framesOf({ events }: Cast): readonly Written[] {
  const frames = new Map<number, Written>();
  for (const [now, text] of events) {
    const frame = Math.floor(now * framesPerSecond);
    const [from, before] = frames.get(frame) ?? [now, ""];
    frames.set(frame, [from, before + text]);
  }
  return [...frames.values()];
}

/** The lines that a recording shows, empty ones left out; the last screen stays until `end`. */
export async function shownLines(cast: Cast, end: number): Promise<readonly ShownLine[]> {
  const terminal = new Terminal({ cols: cast.width, rows: cast.height, allowProposedApi: true });
  const rows = Array.from({ length: cast.height }, () => ({ from: 0, runs: [] as readonly Run[] }));
  const lines: ShownLine[] = [];
  const change = (row: number, now: number, runs: readonly Run[]) => {
    const shown = rows[row];
    if (shown === undefined || JSON.stringify(shown.runs) === JSON.stringify(runs)) return;
    if (shown.runs.length > 0 && now > shown.from) lines.push({ row, from: shown.from, to: now, runs: shown.runs });
    rows[row] = { from: now, runs };
  };
  for (const [now, text] of framesOf(cast)) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    for (const row of rows.keys()) change(row, now, runsOf(terminal, row));
  }
  for (const row of rows.keys()) change(row, end, []);
  terminal.dispose();
  return lines;
}

function runsOf(terminal: Terminal, row: number): readonly Run[] {
  const buffer = terminal.buffer.active;
  const line = buffer.getLine(buffer.baseY + row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    if (cell === undefined) continue;
    const text = cell.getChars() === "" ? " " : cell.getChars();
    const run = { column, text, colour: colourOf(cell), bold: cell.isBold() !== 0, dim: cell.isDim() !== 0 };
    const last = runs.at(-1);
    if (last !== undefined && looksLike(last, run)) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push(run);
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== "");
}

function looksLike(one: Run, other: Run): boolean {
  return one.colour === other.colour && one.bold === other.bold && one.dim === other.dim;
}

function colourOf(cell: IBufferCell): number | undefined {
  return cell.isFgPalette() ? cell.getFgColor() : undefined;
}
