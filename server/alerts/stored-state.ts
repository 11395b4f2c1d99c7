/**
 * JSON forms of alert state in the database, and their parsers. Stored keys never change; where a name in code differs
 * (`told`, `toldMs`, `keeping`, `ended`), this file maps it.
 */
import * as z from 'zod';
import { isTimeZone } from '../../ingest/records/time-zone.ts';
import { customMetric, METRICS, queryFilter } from '../http/contract/query.ts';
import { reasonCode } from '../http/contract/reasons.ts';
import { FORMATS } from '../http/contract/receivers.ts';
import { parseStored as parseStoredJson } from '../storage/stored-json.ts';
import type { ManagedMark } from './code/managed.ts';
import { MANAGED_KINDS } from './code/managed.ts';
import type { Alert } from './evaluate/alert.ts';
import type { SeriesState } from './evaluate/transition.ts';
import type { GroupMemberMeta, OpenGroup } from './notify/dispatch.ts';
import type { Member } from './notify/grouping.ts';
import type { Receiver, ReceiverSecrets } from './notify/receiver.ts';
import type { NamedSilence, Routing } from './notify/routing.ts';
import { labelsOfGroupKey } from './notify/routing.ts';
import { matcherError } from './rules/matchers.ts';
import type { Rule, Signal } from './rules/rule.ts';

const text = z.string();
const ms = z.number();
const labels = z.record(text, text);
const status = z.enum(['firing', 'resolved']);

const filters = z.array(queryFilter);
const metricQuery = { metric: z.enum(METRICS), custom: customMetric.optional(), aggregation: text, filters };
const signal: z.ZodType<Signal> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metric'), ...metricQuery }),
  z.object({ kind: z.literal('burnRate'), objective: z.number(), shortWindowMs: ms, filters }),
  z.object({ kind: z.literal('anomaly'), ...metricQuery, weeks: z.number() }),
  z.object({ kind: z.literal('change'), ...metricQuery }),
  z.object({
    kind: z.enum([
      'memoryUse',
      'timeoutUse',
      'ingestSilence',
      'unparsed',
      'doomLoop',
      'networkErrors',
      'newErrors',
      'regressedErrors',
      'platformLatency',
    ]),
  }),
  z.object({
    kind: z.literal('errorGroups'),
    measure: z.enum(['count', 'rate']),
    functions: z.array(text),
    error: text.optional(),
  }),
  z.object({
    kind: z.literal('connectionUse'),
    functions: z.array(text),
    maxConnections: z.number(),
    connectionsPerEnvironment: z.number(),
  }),
]);

const rule: z.ZodType<Rule> = z.object({
  id: text,
  name: text,
  severity: z.enum(['info', 'warning', 'critical']),
  enabled: z.boolean(),
  signal,
  comparison: z.enum(['>', '>=', '<', '<=']),
  threshold: z.number(),
  bound: z.enum(['value', 'certain']),
  // Rules of older versions are about all functions, and have no receivers of their own.
  functions: z.array(text).default([]),
  tags: z.array(text).exactOptional(),
  groupBy: z.array(z.enum(['account', 'region', 'function', 'version', 'memoryMb'])),
  windowMs: z.number().positive(),
  settleMs: ms,
  allowedLatenessMs: ms,
  evaluationIntervalMs: z.number().positive(),
  forMs: ms,
  keepFiringForMs: ms,
  minSamples: z.number(),
  noData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']),
  labels,
  annotations: labels,
  runbookUrl: text.nullable(),
  receivers: z.array(text).default([]),
});

const seriesState: z.ZodType<SeriesState> = z.object({
  phase: z.enum(['inactive', 'pending', 'firing']),
  activeSinceMs: ms.nullable(),
  firedMs: ms.nullable(),
  keepSinceMs: ms.nullable(),
  missed: z.number(),
  evaluatedMs: ms.nullable(),
  failing: z.boolean(),
});

const alert: z.ZodType<Alert> = z.object({
  id: text,
  sequence: z.number(),
  ruleId: text,
  ruleName: text,
  signal: text.exactOptional(),
  severity: text,
  runbookUrl: text.nullable(),
  labels,
  annotations: labels,
  summary: text,
  summaryCode: reasonCode.exactOptional(),
  value: z.number().nullable(),
  threshold: z.number(),
  unit: text,
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  coverage: z.number().nullable(),
  window: z.object({ from: text, to: text }),
  startsAt: text,
  endsAt: text.nullable(),
  reason: text.nullable(),
  receivers: z.array(text).exactOptional(),
  evidence: z.array(
    z.object({
      requestId: text,
      logStream: text.nullable(),
      timestamp: text,
      status: text,
      cause: text.nullable(),
      line: text.nullable().exactOptional(),
    }),
  ),
});

const receiver: z.ZodType<Receiver> = z.object({
  id: text,
  name: text,
  url: text,
  // Receivers of older versions have none.
  to: z.array(text).default([]),
  format: z.enum(FORMATS),
  template: text.nullable(),
  headers: labels,
  sendResolved: z.boolean(),
  disabled: z.enum(['by-hand', 'gone', 'failing']).nullable(),
});

const secrets: z.ZodType<ReceiverSecrets> = z.object({
  signing: z.array(z.object({ secret: text, untilMs: ms.nullable() })),
  routingKey: text.nullable(),
});

const matchers = z.array(
  z
    .object({ name: text, value: text, isRegex: z.boolean(), isEqual: z.boolean() })
    .refine((matcher) => matcherError(matcher) === null, 'invalid RE2 pattern'),
);

const silence: z.ZodType<NamedSilence> = z.object({
  id: text,
  createdBy: text,
  comment: text,
  matchers,
  startsMs: ms,
  endsMs: ms,
});

const routing: z.ZodType<Routing> = z.object({
  routes: z.array(
    z.object({
      matchers,
      receiverId: text,
      groupBy: z.array(text),
      timing: z.object({ groupWaitMs: ms, groupIntervalMs: ms, repeatIntervalMs: ms }),
      muteTimes: z.array(
        z.object({
          timeZone: text.refine(isTimeZone, 'unknown time zone'),
          weekdays: z.array(z.number()),
          from: text,
          to: text,
        }),
      ),
      continue: z.boolean(),
    }),
  ),
  inhibitions: z.array(z.object({ source: matchers, target: matchers, equal: z.array(text) })),
});

const managed: z.ZodType<readonly ManagedMark[]> = z.array(
  z.object({ kind: z.enum(MANAGED_KINDS), id: text, owner: text, file: text, references: labels }),
);

const group = z.object({
  routeKey: text,
  groupKey: text.refine((key) => labelsOfGroupKey(key) !== null, 'not a group key'),
  flushMs: ms,
  toldMs: ms.nullable(),
  members: z.array(
    z.tuple([text, z.object({ status, alertId: text, told: z.object({ status, alertId: text }).nullable() })]),
  ),
  keeping: z.array(z.tuple([text, z.object({ labels, ended: alert.nullable() })])),
});

const SCHEMAS = { rule, seriesState, alert, receiver, secrets, silence, routing, managed } as const;
type Stored = { readonly [Kind in keyof typeof SCHEMAS]: z.infer<(typeof SCHEMAS)[Kind]> };

/** Parses stored JSON of one kind. @throws Error (a SyntaxError or ZodError) if it is not valid. */
export function parseStored<Kind extends keyof Stored>(kind: Kind, json: string): Stored[Kind] {
  return SCHEMAS[kind].parse(JSON.parse(json)) as Stored[Kind];
}

/** The alert of a stored event. Null if it cannot be read: the row is reported and skipped. */
export function alertOfEvent({ seq, alert: json }: { readonly seq: number; readonly alert: string }): Alert | null {
  return parseStoredJson(alert, json, `alert_event ${seq}`);
}

/** Serializes a group under its stored keys. */
export function groupToJson({
  routeKey,
  groupKey,
  group: { flushMs, lastNotifiedMs, members },
  memberMeta,
}: OpenGroup) {
  return JSON.stringify({
    routeKey,
    groupKey,
    flushMs,
    toldMs: lastNotifiedMs,
    members: [...members].map(([key, { status, alertId, notified }]) => [
      key,
      {
        status,
        alertId,
        told: notified === null ? null : { status: notified.status, alertId: notified.alertId },
      },
    ]),
    keeping: [...memberMeta].map(([key, meta]) => [key, { labels: meta.labels, ended: meta.resolved }]),
  } satisfies z.input<typeof group>);
}

/** Parses what {@link groupToJson} wrote. @throws Error if it is not valid. */
export function groupFromJson(id: string, receiverId: string, json: string): OpenGroup {
  const stored = group.parse(JSON.parse(json));
  const members = new Map(
    stored.members.map(([key, { told, ...member }]): [string, Member] => [key, { ...member, notified: told }]),
  );
  const memberMeta = new Map(
    stored.keeping.map(([key, { labels: of, ended }]): [string, GroupMemberMeta] => [
      key,
      { labels: of, resolved: ended },
    ]),
  );
  const { routeKey, groupKey, flushMs, toldMs } = stored;
  return {
    id,
    receiverId,
    routeKey,
    groupKey,
    group: { flushMs, lastNotifiedMs: toldMs, members },
    members,
    memberMeta,
  };
}
