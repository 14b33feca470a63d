/** What the engine refuses is told once, by the engine; of the program's side of it a user needs no stack trace. */

/** How Pulumi's SDK begins what it says of a resource that the engine did not take (runtime/resource.js). */
const refused = /^failed to register new resource /;

/** Lets such errors be told without a stack, also where nobody awaits them; call it before anything is registered. */
export function tellRefusalsPlainly(): void {
  // Before the SDK's own listeners, which print the stack of whatever has one (cmd/run/index.js and run.js).
  process.prependListener("unhandledRejection", dropStack);
  process.prependListener("uncaughtException", dropStack);
}

/** Takes the stack from the error of a refused registration, and from no other. */
export function dropStack(error: unknown): void {
  if (error instanceof Error && refused.test(error.message)) delete error.stack;
}
