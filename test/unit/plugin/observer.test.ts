import type { Driver, Observation, Target } from "../../../drivers/driver";
import { BackendObserver } from "../../../plugin/observer";
import type { InstanceIdentity } from "../../../settings/instance-properties";
import { identity } from "../drivers/support";

const instances: InstanceIdentity[] = Array.from({ length: 50 }, (_, at) => ({
  ...identity,
  id: `web-${String(at)}`,
  name: `web-${String(at)}-1a2b3c`,
}));

/** An observer over a backend that names each target in its answer; `calls` holds the targets of each call. */
function observerOver(known: readonly Target[]) {
  const calls: (readonly Target[])[] = [];
  const observe = (targets: readonly Target[]): Promise<readonly Observation[]> => {
    calls.push(targets);
    return Promise.resolve(targets.map(({ name }) => ({ state: "foreign", objectId: name, description: "" })));
  };
  const observer = new BackendObserver({
    host: identity.host,
    driver: () => ({ observe }) as unknown as Driver,
    playbookOf: () => undefined,
    targets: (stack) => known.filter((target) => target.stack === stack),
  });
  return { observer, calls };
}

test("one call to the backend serves 50 instances that are asked for at once", async () => {
  const { observer, calls } = observerOver(instances);
  await Promise.all(instances.map((instance) => observer.observe(instance)));
  expect(calls.map(({ length }) => length)).toEqual([50]);
});

test("one call to the backend serves 50 instances that are asked for one after the other", async () => {
  const { observer, calls } = observerOver(instances);
  for (const instance of instances) await observer.observe(instance);
  expect(calls).toHaveLength(1);
});

test("each instance gets its own answer", async () => {
  const { observer } = observerOver(instances);
  const answers = await Promise.all(instances.map((instance) => observer.observe(instance)));
  expect(answers.map((answer) => answer.state === "foreign" && answer.objectId)).toEqual(
    instances.map(({ name }) => name),
  );
});

test("the backend is told the id that the ledger recorded", async () => {
  const { observer, calls } = observerOver([{ ...identity, objectId: "recorded-id" }]);
  await observer.observe(identity);
  expect(calls).toEqual([[{ ...identity, objectId: "recorded-id" }]]);
});

test("after forget the backend is asked again", async () => {
  const { observer, calls } = observerOver(instances);
  await observer.observe(instances[0]!);
  observer.forget();
  await observer.observe(instances[1]!);
  expect(calls).toHaveLength(2);
});

test("each stack has a snapshot of its own", async () => {
  const other = { ...identity, stack: "another" };
  const { observer, calls } = observerOver([identity, other]);
  await observer.observe(identity);
  await observer.observe(other);
  expect(calls).toEqual([[identity], [other]]);
});

test("an instance that the ledger does not know is asked for alone", async () => {
  const { observer, calls } = observerOver([]);
  expect(await observer.observe(identity)).toMatchObject({ objectId: identity.name });
  expect(calls).toEqual([[], [identity]]);
});

test("an instance that the ledger knows by another name is asked for alone", async () => {
  const { observer } = observerOver([{ ...identity, name: "its-new-name" }]);
  expect(await observer.observe(identity)).toMatchObject({ objectId: identity.name });
});

test("an instance of another host is refused, because it cannot be seen from here", async () => {
  const { observer } = observerOver(instances);
  await expect(observer.observe({ ...identity, host: "ffffffffffff" })).rejects.toMatchObject({
    code: "PROVIDER_NOT_AVAILABLE",
    message: `web lives on host ffffffffffff; this is host ${identity.host}`,
  });
});

test("an instance of another host is not looked for", async () => {
  const { observer, calls } = observerOver(instances);
  await observer.observe({ ...identity, host: "ffffffffffff" }).catch(() => undefined);
  expect(calls).toEqual([]);
});

test("one that the ledger does not know is asked for once, until forget", async () => {
  const { observer, calls } = observerOver([]);
  await observer.running(identity, [identity]);
  await observer.observe(identity);
  expect(calls.flat()).toHaveLength(1);
  observer.forget();
  await observer.running(identity, [identity]);
  expect(calls.flat()).toHaveLength(2);
});
