/** Handlers of markers for time charts: changes, reported deployments, alerts, ingest gaps. */

import { randomUUID } from 'node:crypto';
import { DAY_MS, iso, MINUTE_MS, parseRfc3339 } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { alertOfEvent } from '../../alerts/stored-state.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { ChangeMark, DeployMarker, FunctionIdentity, Restriction } from '../../storage/ports.ts';
import { mayReadAlert } from '../access/alerts-of.ts';
import type { Context } from '../context.ts';
import type { MarkersAnswer } from '../contract/markers.ts';
import { markerRoutes } from '../contract/markers.ts';
import { implement } from '../implement.ts';
import { isPatch, kindsOf } from '../presentation/change-kinds.ts';
import { changeLabel } from '../presentation/change-label.ts';
import { deployView, markerLabel } from '../presentation/reported-deploy.ts';
import { ProblemError } from '../problems.ts';
import { functionOf, rangeOf } from '../query.ts';
import { rejectInvalid } from '../validation.ts';

/** A marker of an earlier deployment says nothing that is still stored. */
const OLDEST_MS = 400 * DAY_MS;
/** Clocks of pipelines are ahead at times. */
const AHEAD_MS = 5 * MINUTE_MS;

type Marker = MarkersAnswer['items'][number];

export const markerHandlers = implement(markerRoutes, {
  listMarkers: async ({ context, query, principal }) => {
    const range = rangeOf(query, context.now());
    const only = query.function === undefined ? null : await functionOf(query.function, context.store);
    const [changes, reported, events, later] = await Promise.all([
      context.store.read.changeMarks({ ...range, functionId: only?.functionId, limit: query.limit }),
      context.store.read.deployMarkers({ ...range, owner: only ?? undefined, limit: query.limit + 1 }),
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
    const restriction = principal?.restriction ?? null;
    const alerts = alertsOf(context, notified, range.toMs).filter(
      (alert) => (only === null || isOf(alert, only)) && mayReadAlert(context.permitted, restriction, alert),
    );
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      items: [
        ...changes.items.map(changeMarker),
        ...reported.slice(0, query.limit).map(deployMarker),
        ...alerts.slice(0, query.limit).map(alertMarker),
      ].toSorted((a, b) => compareText(a.at, b.at)),
      nextCursor: null,
      truncated:
        changes.total > changes.items.length ||
        Math.max(reported.length, alerts.length) > query.limit ||
        events.length === 2 * query.limit,
    };
  },
  createMarker: async ({ context, principal, body }) => {
    const nowMs = context.now();
    const { at, id: given, ...said } = body;
    const restriction = principal?.restriction ?? null;
    // Senders who may not read every marker have ids of their own: a conflict would tell which ids others use.
    const prefix = restriction === null ? '' : `${principal?.tokenId}:`;
    const id = given === undefined ? randomUUID() : `${prefix}${given}`;
    const atMs = at === undefined ? nowMs : (parseRfc3339(at) ?? nowMs);
    if (atMs < nowMs - OLDEST_MS || atMs > nowMs + AHEAD_MS)
      rejectInvalid([{ field: 'at', message: 'expected a time at most 400 days ago and at most 5 minutes ahead' }]);
    const functions = await functionsOf(said.functions, restriction, context);
    const marker = { ...said, functions, id, atMs, sender: principal?.name ?? '' };
    const storedMs = await context.store.control.addMarker(marker, { nowMs, isDated: at !== undefined });
    if (storedMs !== null) return deployView({ ...marker, atMs: storedMs });
    throw new ProblemError('conflict', `Another marker has the id ${id}, and its content differs: send another id`);
  },
  deleteMarker: async ({ context, params }) => {
    if (!(await context.store.control.deleteMarker(params.id)))
      throw new ProblemError('not-found', `No marker ${params.id}`);
    return {};
  },
});

/**
 * What a marker may name. Without all functions, each has to be a function that the sender may read, and is stored with its account
 * and region: its name alone may also be that of another.
 */
async function functionsOf(
  named: readonly string[],
  restriction: Restriction | null,
  { store }: Context,
): Promise<readonly string[]> {
  if (restriction === null) return named;
  if (named.length === 0) {
    const message = 'expected the functions that were deployed: this account is restricted to some functions';
    rejectInvalid([{ field: 'functions', message }]);
  }
  const found = [];
  for (const name of named) found.push(functionIdOf(await functionOf(name, store)));
  return found;
}

function deployMarker(marker: DeployMarker): Marker {
  const deploy = deployView(marker);
  return { at: deploy.at, until: null, kind: 'deploy', label: markerLabel(marker), function: null, deploy };
}

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
    deploy: null,
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
    deploy: null,
  };
}

function kindOf(kinds: readonly string[], patch: boolean): Marker['kind'] {
  if (patch) return 'runtime-patch';
  if (kinds.includes('version') || kinds.includes('deploy')) return 'deploy';
  return kinds.includes('memory') ? 'memory' : 'configuration';
}
