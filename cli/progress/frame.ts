/** The lines that a terminal shows of a stage. Pure. */

import truncated from "fast-string-truncated-width";
import type { Appearance, Paint } from "./appearance";
import { secondsOf, type Stage } from "./stages";

/** Where and how lines are shown. */
export interface Layout extends Appearance {
  /** The width of the terminal, in cells. */
  readonly columns: number;
  readonly paint: Paint;
}

/** From this expected length on a stage has a bar. */
const barFromSeconds = 10;

/** From this expected length on a stage says when it will have ended. */
const endFromSeconds = 60;

/** Cells of a bar. */
const barWidth = 16;

/** Milliseconds that one picture of the spinner stays. */
export const frameMs = 100;

const unicodeSigns = {
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
  done: "✔",
  failed: "✖",
  ellipsis: "…",
  full: "█",
  empty: "░",
};
const asciiSigns = {
  spinner: ["|", "/", "-", "\\"],
  done: "ok",
  failed: "failed:",
  ellipsis: "..",
  full: "#",
  empty: ".",
};

/** The line of a stage that goes on. It fits the terminal; what matters least is left out first. */
export function liveLine(stage: Stage, now: number, layout: Layout): string {
  const { spinner } = signsOf(layout);
  const mark = spinner[Math.floor((now - stage.startedAt) / frameMs) % spinner.length] ?? "";
  const seconds = secondsOf(stage, now);
  const extras = [stepsOf(stage), durationText(seconds), endText(stage, seconds), barOf(stage, seconds, layout)];
  return lineOf(
    "cyan",
    mark,
    stage.message,
    extras.filter((text) => text !== ""),
    layout,
  );
}

/** The line that a stage leaves when it has ended. */
export function endLine(message: string, failed: boolean, seconds: number, layout: Layout): string {
  const signs = signsOf(layout);
  const [style, mark] = failed ? (["red", signs.failed] as const) : (["green", signs.done] as const);
  return lineOf(style, mark, message, [durationText(seconds)], layout);
}

/** Mark, message and as many of the extras, the first first, as fit beside the message or half of the line. */
function lineOf(
  style: "cyan" | "green" | "red",
  mark: string,
  message: string,
  extras: readonly string[],
  layout: Layout,
): string {
  // The last cell stays free: a full line makes some terminals begin the next one.
  const room = layout.columns - 1 - widthOf(mark) - 1;
  // A line that holds a control character would no longer be one line.
  const text = message.replace(/\p{Cc}/gu, " ");
  const needed = Math.min(widthOf(text), Math.ceil(room / 2));
  const fitting = extras.filter((_, index) => needed + widthOfAll(extras.slice(0, index + 1)) <= room);
  const shown = shorten(text, room - widthOfAll(fitting), signsOf(layout).ellipsis);
  const tail = fitting.map((extra) => `  ${layout.paint("dim", extra)}`).join("");
  return `${layout.paint(style, mark)} ${shown}${tail}`;
}

function widthOfAll(extras: readonly string[]): number {
  return extras.reduce((sum, extra) => sum + 2 + widthOf(extra), 0);
}

function widthOf(text: string): number {
  return truncated(text).width;
}

function shorten(text: string, limit: number, ellipsis: string): string {
  if (limit <= 0) return "";
  const { index, ellipsed } = truncated(text, { limit, ellipsis });
  return `${text.slice(0, index)}${ellipsed ? ellipsis : ""}`;
}

function stepsOf({ current, total }: Stage): string {
  return current === undefined || total === undefined ? "" : `${current}/${total}`;
}

function barOf(stage: Stage, seconds: number, layout: Layout): string {
  const done = doneOf(stage, seconds);
  if (done === undefined || Math.max(stage.expectedSeconds ?? 0, seconds) < barFromSeconds) return "";
  const { full, empty } = signsOf(layout);
  const cells = Math.floor(done * barWidth);
  return `${full.repeat(cells)}${empty.repeat(barWidth - cells)}`;
}

/** The part that is done, from 0 to less than 1: by its steps where they are counted, else by the time it takes. */
function doneOf({ current, total, expectedSeconds }: Stage, seconds: number): number | undefined {
  if (current !== undefined && total !== undefined) return Math.min(current / total, 1);
  if (expectedSeconds === undefined || expectedSeconds === 0) return undefined;
  return Math.min(seconds / expectedSeconds, 0.99);
}

function endText({ expectedSeconds = 0 }: Stage, seconds: number): string {
  if (expectedSeconds < endFromSeconds) return "";
  const left = expectedSeconds - seconds;
  return left > 0 ? `about ${durationText(left)} left` : "longer than usual";
}

/** A duration for people: `0.4 s`, `12 s`, `2 min 5 s`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function signsOf({ unicode }: Layout) {
  return unicode ? unicodeSigns : asciiSigns;
}
