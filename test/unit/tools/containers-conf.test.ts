import { containersConf, hardLimitOf } from "../../../tools/setup/containers-conf";

/** Of `cat /proc/self/limits`, Linux 6.18. */
const limits = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             96365                96365                processes 
Max open files            1024                 20000                files     
`;

describe("the limits of this process", () => {
  test("are the hard ones", () => {
    expect(hardLimitOf(limits, "Max open files")).toBe(20000);
  });

  test("are infinite when unlimited", () => {
    expect(hardLimitOf(limits, "Max cpu time")).toBe(Infinity);
  });

  test("are infinite when not listed", () => {
    expect(hardLimitOf("", "Max open files")).toBe(Infinity);
  });
});

describe("our containers.conf", () => {
  test("chooses runc, cgroupfs, a file for events and netavark", () => {
    expect(containersConf({ openFiles: Infinity, processes: 20000, hasNetavark: true })).toMatchInlineSnapshot(`
"# Written by Groundwork's set-up: the system's container runtime does not work on this host.
[containers]
default_ulimits = ["nofile=4096:8192", "nproc=4096:8192"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"

[network]
network_backend = "netavark"
"
`);
  });

  test("never asks for more than the host allows", () => {
    const text = containersConf({ openFiles: 1024, processes: 5000, hasNetavark: true });
    expect(text).toContain(`default_ulimits = ["nofile=1024:1024", "nproc=4096:5000"]`);
  });

  test("leaves the network to Podman where netavark is missing", () => {
    expect(containersConf({ openFiles: 1, processes: 1, hasNetavark: false })).not.toContain("network");
  });
});
