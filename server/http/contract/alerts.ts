/** Alerts: rules, what fires, who is told, and what became of each delivery. Alertmanager's words. */
import { z } from 'zod';
import { isoTime } from './common.ts';
import { aggregation, METRICS, queryFilter } from './query.ts';

const name = z.string().trim().min(1).max(128);
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'expected lower-case letters, digits and dashes' });
const duration = z
  .string()
  .regex(/^(?:\d{1,6}(?:ms|s|m|h|d|w)){1,4}$/, { error: 'expected a duration such as 30s, 5m or 1h30m' });
const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, { error: 'expected letters, digits and underscores' });
const labels = z.record(labelName, z.string().max(1024)).refine((all) => Object.keys(all).length <= 20, {
  error: 'at most 20',
});
export const GROUP_FIELDS = ['account', 'region', 'function', 'version', 'memoryMb'] as const;

const metricQuery = { metric: z.enum(METRICS), aggregation, filters: z.array(queryFilter).max(20).default([]) };

const signal = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('metric'), ...metricQuery }),
    z.strictObject({
      kind: z.literal('burnRate'),
      objective: z.number().gt(0).lt(1).describe('Share of invocations that must not fail: 0.999'),
      shortWindow: duration,
      filters: z.array(queryFilter).max(20).default([]),
    }),
    z.strictObject({ kind: z.literal('anomaly'), ...metricQuery, weeks: z.number().int().min(2).max(8).default(4) }),
    z.strictObject({ kind: z.literal('change'), ...metricQuery }),
    z.strictObject({ kind: z.literal('memoryUse') }),
    z.strictObject({ kind: z.literal('timeoutUse') }),
    z.strictObject({ kind: z.literal('ingestSilence') }),
    z.strictObject({ kind: z.literal('unparsed') }),
    z.strictObject({ kind: z.literal('doomLoop') }),
    z.strictObject({ kind: z.literal('networkErrors') }),
    z.strictObject({ kind: z.literal('platformLatency') }),
    z.strictObject({
      kind: z.literal('connectionUse'),
      functions: z.array(z.string().max(256)).max(50).describe('That share the database, by name or id'),
      maxConnections: z.number().int().min(1).max(1_000_000),
      connectionsPerEnvironment: z.number().int().min(1).max(1000).default(1),
    }),
  ])
  .describe('What is looked at');

export const ruleDocument = z.strictObject({
  id,
  name,
  severity: z.enum(['info', 'warning', 'critical']).default('warning'),
  enabled: z.boolean().default(true),
  signal,
  comparison: z.enum(['>', '>=', '<', '<=']).default('>'),
  threshold: z.number(),
  bound: z
    .enum(['value', 'certain'])
    .default('value')
    .describe('certain: the end of the 95 % interval nearer to the threshold, so that 1 of 2 is not 50 %'),
  groupBy: z.array(z.enum(GROUP_FIELDS)).max(5).default([]),
  window: duration.default('5m'),
  settle: duration.default('2m').describe('The window ends so long before the evaluation: lines arrive late'),
  allowedLateness: duration
    .default('0s')
    .describe('A window is looked at once more this long after it closed, where lines came late; 0s for never'),
  evaluationInterval: duration.default('1m'),
  for: duration.default('0s'),
  keepFiringFor: duration.default('0s'),
  minSamples: z.number().int().min(0).max(1_000_000_000).default(1),
  noData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
  labels: labels.default({}),
  annotations: labels.default({}),
  runbookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .nullable()
    .default(null),
});
export type RuleDocument = z.infer<typeof ruleDocument>;

export const ruleParams = z.object({ id });
export const ruleAnswer = ruleDocument.extend({
  state: z.enum(['inactive', 'pending', 'firing', 'error', 'disabled']),
  firing: z.number().int(),
  pending: z.number().int(),
  evaluatedUntil: isoTime.nullable(),
  error: z.string().nullable().describe('Of the newest evaluation'),
  skipped: z.number().int().describe('Evaluations that nobody was there for'),
  late: z.number().int().describe('Windows that got lines after they were looked at'),
  warning: z.string().nullable(),
});
export const rulesAnswer = z.object({ items: z.array(ruleAnswer), nextCursor: z.null() });

const alert = z.object({
  id: z.string(),
  sequence: z.number().int(),
  ruleId: z.string(),
  ruleName: z.string(),
  signal: z.string().optional().describe('Kind of signal of the rule'),
  severity: z.string(),
  runbookUrl: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  summary: z.string(),
  value: z.number().nullable(),
  threshold: z.number(),
  unit: z.string(),
  n: z.number().int(),
  interval: z.array(z.number()).length(2).nullable(),
  coverage: z.number().nullable(),
  window: z.object({ from: z.string(), to: z.string() }),
  startsAt: isoTime,
  endsAt: isoTime.nullable(),
  reason: z.string().nullable().describe('Why it ended, where it was not the condition'),
  evidence: z.array(
    z.object({
      requestId: z.string(),
      logStream: z.string(),
      timestamp: isoTime,
      status: z.string(),
      cause: z.string().nullable(),
      line: z.string().nullable().optional().describe('Its REPORT line as it came, where lines are kept'),
    }),
  ),
});

export const instancesAnswer = z.object({
  items: z.array(
    alert.extend({
      state: z.enum(['pending', 'firing']),
      failing: z.boolean().describe('The newest evaluation failed: this is the state before it'),
      silenced: z.boolean(),
      inhibited: z.boolean(),
    }),
  ),
  nextCursor: z.null(),
});

export const historyQuery = z.object({
  ruleId: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const historyAnswer = z.object({
  items: z.array(alert.extend({ status: z.enum(['firing', 'resolved']), at: isoTime })),
  nextCursor: z.string().nullable(),
});

const matcher = z.strictObject({
  name: labelName,
  value: z.string().max(1024),
  isRegex: z.boolean().default(false),
  isEqual: z.boolean().default(true),
});
const matchers = z.array(matcher).max(20);

export const newSilence = z.strictObject({
  matchers: matchers.min(1),
  startsAt: isoTime.optional().describe('Left out: now'),
  endsAt: isoTime,
  createdBy: z.string().max(128).default(''),
  comment: z.string().max(1024).default(''),
});
const silence = z.object({
  id: z.string(),
  matchers: z.array(matcher),
  startsAt: isoTime,
  endsAt: isoTime,
  createdBy: z.string(),
  comment: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
});
export const silenceAnswer = silence;
export const silencesAnswer = z.object({ items: z.array(silence), nextCursor: z.null() });
export const anyParams = z.object({ id: z.string().max(128) });

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'expected HH:MM' });
const timing = {
  groupWait: duration.default('30s'),
  groupInterval: duration.default('5m'),
  repeatInterval: duration.default('4h'),
};
export const routingDocument = z.strictObject({
  routes: z
    .array(
      z.strictObject({
        matchers: matchers.default([]),
        receiver: z.string().max(64),
        groupBy: z
          .array(z.union([labelName, z.literal('...')]))
          .max(10)
          .default(['alertname']),
        ...timing,
        muteTimes: z
          .array(
            z.strictObject({
              timeZone: z.string().max(64).default('UTC').describe('IANA name, such as Europe/Berlin'),
              weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([1, 2, 3, 4, 5, 6, 7]),
              from: clock,
              to: clock,
            }),
          )
          .max(20)
          .default([]),
        continue: z.boolean().default(false),
      }),
    )
    .max(200)
    .default([])
    .describe('In order: the first that matches, and further ones it lets continue'),
  inhibitions: z
    .array(
      z.strictObject({
        source: matchers.min(1),
        target: matchers.min(1),
        equal: z.array(labelName).max(10).default([]),
      }),
    )
    .max(100)
    .default([]),
});
export type RoutingDocument = z.infer<typeof routingDocument>;
/** What is left out stays as it is. */
export const routingChange = z.strictObject({
  routes: routingDocument.shape.routes.unwrap().optional(),
  inhibitions: routingDocument.shape.inhibitions.unwrap().optional(),
});

export const FORMATS = ['native', 'alertmanager', 'slack', 'discord', 'pagerduty', 'template'] as const;
const receiverFields = {
  name,
  url: z.string().max(2048),
  format: z.enum(FORMATS).default('native'),
  template: z.string().max(16_384).nullable().default(null).describe('Of format template: {{field}} is replaced'),
  sendResolved: z.boolean().default(true),
};
export const receiverDocument = z.strictObject({
  id,
  ...receiverFields,
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), z.string().regex(/^[\x20-\x7e]{0,1024}$/))
    .default({})
    .describe('Sent along; never shown again'),
  routingKey: z.string().max(128).nullable().default(null).describe("PagerDuty's integration key; never shown again"),
  enabled: z.boolean().default(true),
});
const receiver = z.object({
  id: z.string(),
  ...receiverFields,
  headers: z.array(z.string()).describe('Names only'),
  enabled: z.boolean(),
  disabled: z.enum(['by-hand', 'gone', 'failing']).nullable(),
});
export const receiverAnswer = receiver.extend({
  secret: z.string().nullable().describe('The signing secret, when this call made it. It is not shown again'),
});
export const receiversAnswer = z.object({ items: z.array(receiver), nextCursor: z.null() });

const attempt = z.object({
  attempt: z.number().int(),
  at: isoTime,
  tookMs: z.number(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  answer: z.string().nullable().describe('Its first KiB'),
});
export const testAnswer = z.object({
  delivered: z.boolean(),
  requestHeaders: z.record(z.string(), z.string()),
  body: z.string(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  answer: z.string().nullable(),
  tookMs: z.number(),
});

export const previewBody = z.strictObject({
  format: z.enum(FORMATS),
  template: z.string().max(16_384).nullable().default(null),
});
export const previewAnswer = z.object({
  type: z.string(),
  body: z.string().describe('What a receiver would get of a test alert'),
  problem: z.string().nullable().describe('Why it is no JSON'),
});

export const deliveriesQuery = z.object({
  receiver: z.string().max(64).optional(),
  state: z.enum(['pending', 'delivered', 'superseded', 'exhausted', 'gone', 'cancelled']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const deliveriesAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string().describe('webhook-id, the same over all attempts'),
      receiver: z.string(),
      type: z.string(),
      state: z.enum(['pending', 'delivered', 'superseded', 'exhausted', 'gone', 'cancelled']),
      createdAt: isoTime,
      nextAttemptAt: isoTime.nullable(),
      endedAt: isoTime.nullable(),
      body: z.string(),
      attempts: z.array(attempt),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export const redeliver = z.strictObject({
  ids: z.array(z.string().max(64)).min(1).max(1000).optional(),
  failedSince: isoTime.optional().describe('All that were given up since'),
});
export const redeliverAnswer = z.object({ again: z.number().int() });
export const nothing = z.object({});

export const dryRunBody = z.strictObject({
  rule: ruleDocument.optional().describe('Left out: the rule as it is stored'),
  days: z.number().min(0.01).max(31).default(7),
});
export const dryRunAnswer = z.object({
  from: isoTime,
  to: isoTime,
  stepMs: z
    .number()
    .describe('Between two evaluations: the interval of the rule, or more where there would be over 1,000'),
  evaluations: z.number().int(),
  fired: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      from: isoTime,
      to: isoTime.nullable().describe('Null: still'),
      summary: z.string(),
    }),
  ),
});

export type RulesAnswer = z.infer<typeof rulesAnswer>;
export type InstancesAnswer = z.infer<typeof instancesAnswer>;
export type HistoryAnswer = z.infer<typeof historyAnswer>;
export type SilencesAnswer = z.infer<typeof silencesAnswer>;
export type ReceiversAnswer = z.infer<typeof receiversAnswer>;
export type ReceiverAnswer = z.infer<typeof receiverAnswer>;
export type TestAnswer = z.infer<typeof testAnswer>;
export type DeliveriesAnswer = z.infer<typeof deliveriesAnswer>;
export type PreviewAnswer = z.infer<typeof previewAnswer>;
export type DryRunAnswer = z.infer<typeof dryRunAnswer>;
