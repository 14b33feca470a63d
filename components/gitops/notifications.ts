/** What is told of syncs that failed, and to whom. */

/** The Secret with the webhook's address, and its key there; ArgoCD looks for it under this very name. */
export const notificationsSecret = { name: "argocd-notifications-secret", key: "alert-webhook" } as const;

const webhook = "alerts";

/**
 * The part of the chart's values: one message, as JSON with a `text`, which the webhooks of Slack, Mattermost, Google Chat and
 * the like take; once for each revision that fails.
 */
export function notificationValues() {
  return {
    enabled: true,
    secret: { create: false, name: notificationsSecret.name },
    notifiers: {
      [`service.webhook.${webhook}`]: [
        `url: $${notificationsSecret.key}`,
        "headers:",
        "  - name: Content-Type",
        "    value: application/json",
        "",
      ].join("\n"),
    },
    templates: {
      "template.sync-failed": message("could not be synced", ".app.status.operationState.message"),
      "template.health-degraded": message("is degraded", ".app.status.health.message"),
    },
    triggers: {
      "trigger.on-sync-failed": trigger(
        "sync-failed",
        "app.status?.operationState?.phase in ['Error', 'Failed']",
        "app.status?.operationState?.syncResult?.revision",
      ),
      "trigger.on-health-degraded": trigger(
        "health-degraded",
        "app.status?.health?.status == 'Degraded'",
        "app.status?.sync?.revision",
      ),
    },
    subscriptions: [{ recipients: [webhook], triggers: ["on-sync-failed", "on-health-degraded"] }],
  };
}

function message(what: string, reason: string): string {
  const text = `printf "%s in %s ${what}: %s (%s)" .app.metadata.name .app.spec.destination.namespace (${reason} | default "no reason given") .context.argocdUrl`;
  return ["webhook:", `  ${webhook}:`, "    method: POST", `    body: '{"text": {{ ${text} | toJson }}}'`, ""].join(
    "\n",
  );
}

function trigger(template: string, when: string, oncePer: string): string {
  return [`- when: ${when}`, `  oncePer: ${oncePer}`, `  send: [${template}]`, ""].join("\n");
}
