/** Who is told of an alert: https://prometheus.io/docs/alerting/latest/configuration/ */

/** The routes; with a webhook they are a secret. @param webhook where alerts are told. @default nowhere but Alertmanager's page */
export function alertmanagerRoutes(webhook?: string): string {
  const receiver = webhook === undefined ? { name: "team" } : { name: "team", webhook_configs: [{ url: webhook }] };
  return JSON.stringify({
    route: {
      receiver: "team",
      group_by: ["alertname", "namespace"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [{ matchers: ['severity="critical"'], receiver: "team", repeat_interval: "2h" }],
    },
    // Who is told that a volume is full need not be told that it fills.
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity="warning"'],
        equal: ["namespace", "name", "persistentvolumeclaim"],
      },
    ],
    receivers: [receiver],
  });
}
