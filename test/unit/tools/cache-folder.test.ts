import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../../tools/cache-folder";

describe("the cache folder", () => {
  test("is GROUNDWORK_CACHE where that is set", () => {
    expect(cacheFolder({ GROUNDWORK_CACHE: "/own", XDG_CACHE_HOME: "/xdg" })).toBe("/own");
  });

  test("is groundwork in the XDG cache directory", () => {
    expect(cacheFolder({ GROUNDWORK_CACHE: "", XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/groundwork");
  });

  test("is groundwork in ~/.cache without either", () => {
    expect(cacheFolder({})).toBe(join(homedir(), ".cache", "groundwork"));
  });
});
