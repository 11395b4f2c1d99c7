/** Handler of markers for time charts: changes, alerts, ingest gaps. */

import { iso } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { alertOfEvent } from '../../alerts/stored-state.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ChangeMark, FunctionIdentity } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { MarkersAnswer } from '../contract/markers.ts';
import { markerRoutes } from '../contract/markers.ts';
import { implement } from '../implement.ts';
import { isPatch, kindsOf } from '../presentation/change-kinds.ts';
import { changeLabel } from '../presentation/change-label.ts';
import { functionOf, rangeOf } from '../query.ts';

type Marker = MarkersAnswer['items'][number];

export const markerHandlers = implement(markerRoutes, {
  listMarkers: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const only = query.function === undefined ? null : await functionOf(query.function, context.store);
    const [changes, events, later] = await Promise.all([
      context.store.read.changeMarks({ ...range, functionId: only?.functionId, limit: query.limit }),
      context.store.read.alertEvents({ ...range, newestFirst: true, limit: 2 * query.limit }),
      // Alerts that began before the range and ended after it are found by their end.
      context.store.read.alertEvents({ fromMs: range.toMs, limit: 2 * query.limit }),
    ]);
    const notified = [...events, ...later]
      .flatMap((event) => {
        const alert = alertOfEvent(event);
        return alert === null ? [] : [{ ...event, alert }];
      })
      .filter(({ alert }) => Date.parse(alert.startsAt) < range.toMs);
    const alerts = alertsOf(context, notified, range.toMs).filter((alert) => only === null || isOf(alert, only));
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      items: [...changes.items.map(changeMarker), ...alerts.slice(0, query.limit).map(alertMarker)].toSorted((a, b) =>
        compareText(a.at, b.at),
      ),
      nextCursor: null,
      truncated:
        changes.total > changes.items.length || alerts.length > query.limit || events.length === 2 * query.limit,
    };
  },
});

/** Each alert once, newest first, with its end if it ended; includes alerts that fired before the range. */
function alertsOf(
  { alerts }: Context,
  events: readonly { readonly alertId: string; readonly alert: Alert }[],
  toMs: number,
): readonly Alert[] {
  const byStart = new Map<string, Alert>();
  for (const { alertId, alert } of events) {
    const key = `${alertId} ${alert.startsAt}`;
    if (!byStart.has(key)) byStart.set(key, alert);
  }
  for (const { alert, state } of alerts.instances()) {
    const key = `${alert.id} ${alert.startsAt}`;
    if (state.phase === 'firing' && Date.parse(alert.startsAt) < toMs && !byStart.has(key)) byStart.set(key, alert);
  }
  return [...byStart.values()];
}

/** An alert without a function concerns the fleet, and so every function. */
function isOf({ labels }: Alert, { name, account, region }: FunctionIdentity): boolean {
  const same = (label: string, value: string): boolean => labels[label] === undefined || labels[label] === value;
  return same('function', name) && same('account', account) && same('region', region);
}

function alertMarker(alert: Alert): Marker {
  const { account = '', region = '', function: name } = alert.labels;
  return {
    at: alert.startsAt,
    until: alert.endsAt,
    kind: alert.signal === 'ingestSilence' ? 'ingest-gap' : 'alert',
    label: alert.ruleName,
    function: name === undefined ? null : { id: `${account}:${region}:${name}`, name },
  };
}

function changeMarker({ identity, atMs, what }: ChangeMark): Marker {
  const found = kindsOf(what);
  return {
    at: iso(atMs),
    until: null,
    kind: kindOf(found.kinds, isPatch(found)),
    label: changeLabel(found),
    function: { id: functionIdOf(identity), name: identity.name },
  };
}

function kindOf(kinds: readonly string[], patch: boolean): Marker['kind'] {
  if (patch) return 'runtime-patch';
  if (kinds.includes('version') || kinds.includes('deploy')) return 'deploy';
  return kinds.includes('memory') ? 'memory' : 'configuration';
}
