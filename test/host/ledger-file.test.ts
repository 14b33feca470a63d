import { statSync } from "node:fs";
import { guarded, inTransaction, openDatabase } from "../../host/database";
import { ensureDirectory } from "../../host/home";
import { Ledger } from "../../host/ledger";
import { refusalOf } from "../support/refusal";
import { hostView, promise } from "../unit/host/fixtures";
import { useTemporaryHome } from "./temporary-home";

const home = useTemporaryHome();
beforeEach(() => Ledger.open(home()).close());

describe("the file of the ledger", () => {
  test("can be read by its owner alone, and so can its directory", () => {
    expect([statSync(home().ledgerFile).mode & 0o777, statSync(home().root).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test("of a newer Groundwork is refused", () => {
    const database = openDatabase(home().ledgerFile);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(refusalOf(() => Ledger.open(home())).message).toBe(
      `The ledger ${home().ledgerFile} was written by a newer Groundwork (version 99; this one knows 7).`,
    );
  });

  test("is left as it was by a change that fails after it has written", async () => {
    using ledger = Ledger.open(home());
    await ledger.lease("a", [promise("web")], hostView());
    const database = openDatabase(home().ledgerFile);
    const change = (): void => {
      database.exec("DELETE FROM instances");
      throw new Error("half way");
    };
    expect(() => inTransaction(database, change)).toThrow("half way");
    database.close();
    expect(ledger.entries()).toHaveLength(1);
  });

  test("that another process keeps is said to be locked", () => {
    const [holder, waiting] = [openDatabase(home().ledgerFile), openDatabase(home().ledgerFile)];
    holder.exec("BEGIN EXCLUSIVE");
    waiting.exec("PRAGMA busy_timeout = 0");
    const error = refusalOf(() => guarded("/l", () => inTransaction(waiting, () => undefined)));
    holder.close();
    waiting.close();
    expect(error.code).toBe("LOCKED");
  });

  test("on a full disk is left as it was", async () => {
    using ledger = Ledger.open(home());
    await ledger.lease("a", [promise("web")], hostView());
    const before = ledger.entries();
    const database = openDatabase(home().ledgerFile);
    database.exec("PRAGMA max_page_count = 1");
    const fill = () => database.exec(`UPDATE instances SET name = '${"x".repeat(100_000)}'`);
    const error = refusalOf(() => guarded("/l", () => inTransaction(database, fill)));
    database.close();
    expect(error).toMatchObject({
      code: "INSUFFICIENT_RESOURCES",
      message: "The disk is full: /l cannot be written.",
    });
    expect(ledger.entries()).toEqual(before);
  });

  test("cannot lie where there can be no directory", () => {
    expect(refusalOf(() => ensureDirectory(`${home().ledgerFile}/below`))).toMatchObject({
      code: "CONFIG_INVALID",
      message: `Groundwork cannot write ${home().ledgerFile}/below (ENOTDIR: a part of its path is a file).`,
    });
  });
});
