import { findNearMiss, nearestOf } from "../../../settings/near-miss";

const applicationKeys = `
  PORT HOST HOSTNAME HOSTS NODE_ENV DATABASE_URL DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME DB_ADDRESS API_KEY API_URL
  SECRET_KEY SSH_AUTH_SOCK SSH_HOST SSH_PORT SSH_PRIVATE_KEY SSL_KEY SSL_CERT TLS_KEY SSO_USER SMTP_USER SMTP_HOST
  MAIL_USER AWS_REGION AWS_ACCESS_KEY_ID REDIS_URL LOG_LEVEL DEBUG TZ LANG PATH HOME USER SHELL CPU GPU GPUS IMAGES
  IMAGE_URL IMAGE_TAG VOLUME VOLUME_NAME PROVIDERS AUTH_PROVIDER POSTS REPORTS COMMANDS COMMENT BOT BOT_TOKEN FOX
  MEMORY_LIMIT MEM_LIMIT CPU_COUNT INFURA_ID INFRA_NAME NETWORK NETWORK_NAME IP IP_WHITELIST APP_ADDRESS BIND_ADDRESS
  DISK DISK_PATH TYPE ID NAME MODE STAGE JWT_SECRET SENTRY_DSN STRIPE_KEY COMPOSE_PROJECT_NAME VITE_API_URL
`.match(/\S+/g) as string[];

const typos: [string, string][] = [
  ["MEMROY", "MEMORY"],
  ["MEMORRY", "MEMORY"],
  ["MEMOR", "MEMORY"],
  ["EMORY", "MEMORY"],
  ["MEMERY", "MEMORY"],
  ["memory", "MEMORY"],
  ["CUPS", "CPUS"],
  ["CPUSS", "CPUS"],
  ["PROTS", "PORTS"],
  ["PORTSS", "PORTS"],
  ["PROVDER", "PROVIDER"],
  ["IMGAE", "IMAGE"],
  ["BXO", "BOX"],
  ["COMAND", "COMMAND"],
  ["VOLUMS", "VOLUMES"],
  ["VOULMES", "VOLUMES"],
  ["INFRAID", "INFRA_ID"],
  ["INFRA-ID", "INFRA_ID"],
  ["INFRA_TYP", "INFRA_TYPE"],
  ["INFRATPE", "INFRA_TYPE"],
  ["DISKSIZE", "DISK_SIZE"],
  ["DISK_SZE", "DISK_SIZE"],
  ["NETWORKMODE", "NETWORK_MODE"],
  ["IP_ADRES", "IP_ADDRESS"],
  ["PROVISIONING_PLAYBOK", "PROVISIONING_PLAYBOOK"],
  ["PROVISONING_VAR", "PROVISIONING_VARS"],
  ["SSH_KYE", "SSH_KEY"],
  ["SSHUSER", "SSH_USER"],
  ["IGNORE_KEY", "IGNORE_KEYS"],
  ["env_GREETING", "ENV_GREETING"],
];

describe("a near miss", () => {
  test.each(typos)("%s looks like %s", (key, ours) => {
    expect(findNearMiss(key)).toBe(ours);
  });

  test.each(applicationKeys)("%s is an application's own", (key) => {
    expect(findNearMiss(key)).toBeUndefined();
  });
});

test("the nearest known word is found, however far it is", () => {
  expect(nearestOf("cpu", ["memory", "cpus", "image"])).toBe("cpus");
});
