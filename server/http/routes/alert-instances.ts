/** Handlers of alerts and their history. */
import { iso } from '../../../ingest/records/time.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { routesFor } from '../../alerts/notify/dispatch.ts';
import { instanceStatuses } from '../../alerts/status.ts';
import { alertOfEvent } from '../../alerts/stored-state.ts';
import { alertInstanceRoutes } from '../contract/alert-instances.ts';
import { implement } from '../implement.ts';

export const alertInstanceHandlers = implement(alertInstanceRoutes, {
  listAlerts: async ({ context }) => {
    const { alerts } = context;
    const statuses = instanceStatuses(alerts.instances(), alerts.routing(), alerts.silences(), context.now());
    return {
      items: statuses.map(({ alert, state, phase, silenced, inhibited }) => ({
        ...alertBody(alert),
        state: phase,
        failing: state.failing,
        silenced,
        inhibited,
        notifies: [...new Set(routesFor(alert, alerts.routing().routes).map(([, route]) => route.receiverId))],
      })),
      nextCursor: null,
    };
  },
  listAlertHistory: async ({ context, query }) => {
    const { ruleId, limit, cursor } = query;
    const events = await context.store.read.alertEvents({
      ...(ruleId === undefined ? {} : { ruleId }),
      ...(cursor === undefined ? {} : { beforeSeq: cursor }),
      newestFirst: true,
      limit: limit + 1,
    });
    const shown = events.slice(0, limit);
    return {
      items: shown.flatMap((event) => {
        const alert = alertOfEvent(event);
        return alert === null ? [] : [{ ...alertBody(alert), status: event.status, at: iso(event.atMs) }];
      }),
      nextCursor: events.length > limit ? String(shown.at(-1)?.seq) : null,
    };
  },
});

function alertBody({ labels, annotations, interval, evidence, receivers: _, ...alert }: Alert) {
  return {
    ...alert,
    labels: { ...labels },
    annotations: { ...annotations },
    interval: interval === null ? null : [...interval],
    evidence: [...evidence],
  };
}
