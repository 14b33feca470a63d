// A Pulumi program whose resources come from program.json beside it:
// { "commands": { NAME: { "args", "options" } }, "runs": { NAME: ARGS }, "others": { NAME: { "type", "args" } } }.
// In args, {"$secret": V} is a secret, {"$output": "NAME.KEY"} an output of another command.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const { local } = require("@pulumi/command");

const { commands = {}, runs = {}, others = {} } = JSON.parse(readFileSync(join(__dirname, "program.json"), "utf8"));
const made = {};
const results = {};

function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if ("$secret" in value) return pulumi.secret(value.$secret);
  if ("$output" in value) {
    const [name, key] = value.$output.split(".");
    return made[name][key];
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}

for (const [name, { args, options }] of Object.entries(commands)) {
  made[name] = new local.Command(name, revive(args), options);
}
for (const [name, args] of Object.entries(runs)) {
  results[name] = local.runOutput(revive(args)).apply(({ stdout, stderr, assets = {} }) => ({
    stdout,
    stderr,
    assets: Object.keys(assets),
  }));
}
for (const [name, { type, args }] of Object.entries(others)) {
  new pulumi.CustomResource(type, name, revive(args), { version: "1.2.1" });
}
module.exports = results;
