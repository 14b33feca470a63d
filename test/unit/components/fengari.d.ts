/** The few parts of Lua that the tests use; the package has no types of its own. */
declare module "fengari" {
  /** A machine with a stack. */
  interface State {
    readonly fengari: unique symbol;
  }
  const lua: {
    readonly LUA_OK: number;
    /** The value at an index of the stack as a text; null where it is none. */
    lua_tojsstring(state: State, index: number): string | null;
  };
  const lauxlib: {
    luaL_newstate(): State;
    /** Runs a chunk; its results, or its error, are on the stack. */
    luaL_dostring(state: State, chunk: Uint8Array): number;
    luaL_requiref(state: State, name: Uint8Array, open: unknown, isGlobal: number): void;
  };
  const lualib: { readonly luaopen_base: unknown };
  function to_luastring(text: string): Uint8Array;
}
