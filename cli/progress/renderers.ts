/** Shows the events of a run on standard error: lines, JSON, or one line that moves. */

import type { WriteStream } from "node:tty";
import { paintIn, type Appearance } from "./appearance";
import type { ProgressEvent } from "./event";
import { endLine, frameMs, liveLine, type Layout } from "./frame";
import type { Stage } from "./stages";

/** Shows what is being done. */
export interface Renderer {
  /** Shows an event, and the stage that goes on after it. */
  show(event: ProgressEvent, stage: Stage): void;
  /** Leaves the stream as it was found. */
  close(): void;
}

/** A line for each stage when it begins: for logs, pipes and CI. */
export function plainRenderer(stream: NodeJS.WritableStream): Renderer {
  return {
    show: ({ type, message }) => {
      if (type === "started") stream.write(`${message}\n`);
    },
    close: () => undefined,
  };
}

/** Every event as a line of JSON: for programs. */
export function jsonRenderer(stream: NodeJS.WritableStream): Renderer {
  return { show: (event) => void stream.write(`${JSON.stringify(event)}\n`), close: () => undefined };
}

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
const eraseLine = "\r\u001B[K";

/** A line that moves while a stage goes on, and one that stays for each that has ended: for people at a terminal. */
export class TerminalRenderer implements Renderer {
  private stage: Stage | undefined;
  private timer: NodeJS.Timeout | undefined;
  private hidden = false;
  private readonly restore = () => this.close();

  constructor(
    private readonly stream: WriteStream,
    private readonly appearance: Appearance,
    private readonly now: () => number,
  ) {}

  show(event: ProgressEvent, stage: Stage): void {
    if (event.type === "finished" || event.type === "failed") this.leave(event);
    else this.follow(stage);
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    process.off("exit", this.restore);
    if (this.stage !== undefined || this.hidden) this.stream.write(`${eraseLine}${this.hidden ? showCursor : ""}`);
    this.stage = undefined;
    this.hidden = false;
  }

  private leave({ type, message, seconds = 0 }: ProgressEvent): void {
    this.stage = undefined;
    this.stream.write(`${eraseLine}${endLine(message, type === "failed", seconds, this.layout())}\n`);
  }

  private follow(stage: Stage): void {
    this.stage = stage;
    this.draw();
    if (this.timer !== undefined) return;
    process.on("exit", this.restore);
    this.timer = setInterval(() => this.animate(), frameMs).unref();
  }

  /** The cursor is hidden with the first move, not with the first line: by then whoever started us listens for Ctrl-C. */
  private animate(): void {
    if (!this.hidden) this.stream.write(hideCursor);
    this.hidden = true;
    this.draw();
  }

  private draw(): void {
    if (this.stage !== undefined) this.stream.write(`${eraseLine}${liveLine(this.stage, this.now(), this.layout())}`);
  }

  /** Asked each time: a terminal's width changes. One that does not know its width says 0. */
  private layout(): Layout {
    return { ...this.appearance, columns: this.stream.columns || 80, paint: paintIn(this.appearance) };
  }
}
