/**
 * Lets Pulumi's SDK start without what it needs only to write functions into the state: TypeScript and npm's reader of
 * package trees. They are more than half of what the SDK loads, and none of our resources is a function.
 * Has to be imported before the SDK.
 */

import { createRequire, Module } from "node:module";

/** Read by `@pulumi/pulumi/runtime/closure` alone, at its start, without a call (SDK 3.270). */
const deferred = ["typescript", "@npmcli/arborist"];

const sdk = createRequire(require.resolve("@pulumi/pulumi"));

/** Puts a module in a module's place that loads it when something of it is asked for, so that nothing is lost. */
function defer(name: string): void {
  const file = resolve(name);
  if (file === undefined || sdk.cache[file] !== undefined) return;
  const load = (): object => {
    if (sdk.cache[file] === standIn) Reflect.deleteProperty(sdk.cache, file);
    return sdk(name) as object;
  };
  const standIn = new Module(file);
  // Said to be an ES module, it is taken as it is; else its members would be copied, which is asking for them.
  const get = (_: object, member: string | symbol): unknown =>
    member === "__esModule" ? true : Reflect.get(load(), member);
  standIn.exports = new Proxy({}, { get });
  standIn.loaded = true;
  sdk.cache[file] = standIn;
}

/** Undefined where it is not installed: then the SDK has its own way. */
function resolve(name: string): string | undefined {
  try {
    return sdk.resolve(name);
  } catch {
    return undefined;
  }
}

deferred.forEach(defer);
