/** Reads the digest key, which it may have to make: `home`. Says it in hexadecimal. */
import { groundworkHome } from "../../host/home";
import { digestKey } from "../../host/identity";

process.send?.(digestKey(groundworkHome({ GROUNDWORK_HOME: process.argv[2] })).toString("hex"), () =>
  process.disconnect(),
);
