/** Handlers of alerts and their history. */
import { iso } from '../../../ingest/records/time.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { routesFor } from '../../alerts/notify/dispatch.ts';
import { instanceStatuses } from '../../alerts/status.ts';
import { alertOfEvent } from '../../alerts/stored-state.ts';
import { mayReadAlert } from '../access/alerts-of.ts';
import type { Context } from '../context.ts';
import { alertInstanceRoutes } from '../contract/alert-instances.ts';
import { implement } from '../implement.ts';
import { selectedNames } from '../query.ts';

export const alertInstanceHandlers = implement(alertInstanceRoutes, {
  listAlerts: async ({ context, query, principal }) => {
    const { alerts, permitted } = context;
    const isListed = await listedBy(query, context);
    const restriction = principal?.restriction ?? null;
    const visible = alerts.instances().filter(({ alert }) => mayReadAlert(permitted, restriction, alert));
    const statuses = instanceStatuses(visible, alerts.routing(), alerts.silences(), context.now());
    return {
      items: statuses
        .filter(({ alert }) => isListed(alert))
        .map(({ alert, state, phase, silenced, inhibited }) => ({
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
    const { ruleId, limit, cursor, ...selection } = query;
    const isListed = await listedBy(selection, context);
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
        return alert === null || !isListed(alert)
          ? []
          : [{ ...alertBody(alert), status: event.status, at: iso(event.atMs) }];
      }),
      nextCursor: events.length > limit ? String(shown.at(-1)?.seq) : null,
    };
  },
});

/** Whether an alert is of the functions that the filters select. One without a function concerns them all. */
async function listedBy(
  query: Parameters<typeof selectedNames>[0],
  context: Context,
): Promise<(alert: Pick<Alert, 'labels'>) => boolean> {
  const names = await selectedNames(query, context);
  return ({ labels: { account = '', region = '', function: name } }) =>
    names === undefined || name === undefined || names.has(`${account}:${region}:${name}`);
}

function alertBody({ labels, annotations, interval, evidence, receivers: _, ...alert }: Alert) {
  return {
    ...alert,
    labels: { ...labels },
    annotations: { ...annotations },
    interval: interval === null ? null : [...interval],
    evidence: [...evidence],
  };
}
