/** Takes the turn to change a project as soon as it is free, says so, and waits: `home project verb`. */
import { groundworkHome } from "../../host/home";
import { beginRun, endRun, inTurn } from "../../host/turns";

const [root, project = "", verb = ""] = process.argv.slice(2);
const home = groundworkHome({ GROUNDWORK_HOME: root });
process.on("message", () => {
  endRun(home, { project, verb });
  process.send?.("done");
});
void inTurn(() => beginRun(home, { project, verb }), { onWait: (error) => process.send?.(error.message) }).then(() =>
  process.send?.("begun"),
);
