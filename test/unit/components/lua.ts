/** Runs a health script of ArgoCD's: the object in, a status and a message out. */

import { lauxlib, lua, lualib, to_luastring } from "fengari";

/** What a health script answers. */
export interface Health {
  readonly status: string | null;
  readonly message: string | null;
}

/** @throws Error with what Lua says */
export function healthBy(script: string, object: unknown): Health {
  const state = lauxlib.luaL_newstate();
  // ArgoCD opens more than the base; the less there is, the less a script can lean on.
  lauxlib.luaL_requiref(state, to_luastring("_G"), lualib.luaopen_base, 1);
  const chunk = `local obj = ${literal(object)}
    local health = (function() ${script} end)()
    return health.status, health.message`;
  const status = lauxlib.luaL_dostring(state, to_luastring(chunk));
  if (status !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(state, -1) ?? "no reason");
  return { status: lua.lua_tojsstring(state, -2), message: lua.lua_tojsstring(state, -1) };
}

/** A value of JSON as Lua writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(literal).join(",")}}`;
  if (value === null) return "nil";
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, inner]) => `[${JSON.stringify(key)}]=${literal(inner)}`);
  return `{${fields.join(",")}}`;
}
