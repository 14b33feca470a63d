import { rmSync } from "node:fs";
import { seal, unseal } from "../../host/sealed";
import { useTemporaryHome } from "./temporary-home";

const home = useTemporaryHome();
const value = { environment: { TOKEN: "hunter2" }, ports: [8080] };

test("a sealed value is read back as it was", () => {
  expect(unseal(home(), seal(home(), value))).toEqual(value);
});

test("a sealed value shows nothing of what it holds, and is another each time", () => {
  const [first, second] = [seal(home(), value), seal(home(), value)];
  const shown = Buffer.from(first, "base64url").toString("latin1");
  expect([shown.includes("hunter2"), first === second]).toEqual([false, false]);
});

test.each([
  ["changed", (sealed: string) => `${sealed.slice(0, -2)}AA`],
  ["cut off", (sealed: string) => sealed.slice(0, 20)],
  ["empty", () => ""],
])("a value that was %s is not read", (_how, damage) => {
  expect(unseal(home(), damage(seal(home(), value)))).toBeUndefined();
});

test("a value that another key sealed is not read", () => {
  const sealed = seal(home(), value);
  rmSync(home().digestKeyFile);
  expect(unseal(home(), sealed)).toBeUndefined();
});
