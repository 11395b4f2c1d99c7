/** Alert rules: document, state, and dry runs over stored history. */
import * as z from 'zod';
import { duration, id, labels, managed, name, revision } from './alert-fields.ts';
import { emptyAnswer, isoTime, nameOf, tagFilter } from './common.ts';
import { aggregation, customMetric, METRICS, queryFilter } from './query.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const GROUP_FIELDS = ['account', 'region', 'function', 'version', 'memoryMb'] as const;

const metricQuery = {
  metric: z.enum(METRICS),
  custom: customMetric.optional(),
  aggregation,
  filters: z.array(queryFilter).max(20).default([]),
};

const signal = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('metric'), ...metricQuery }),
    z.strictObject({
      kind: z.literal('burnRate'),
      objective: z.number().gt(0).lt(1).describe('Target share of successful invocations, such as 0.999'),
      shortWindow: duration.describe('From 1m, and shorter than window'),
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
    z.strictObject({ kind: z.literal('newErrors') }),
    z.strictObject({ kind: z.literal('regressedErrors') }),
    z.strictObject({
      kind: z.literal('errorGroups'),
      measure: z
        .enum(['count', 'rate'])
        .default('count')
        .describe('Failures of each group, or its failed attempts per invocation of the function, over whole hours'),
      functions: z
        .array(z.string().min(1).max(256))
        .max(50)
        .default([])
        .describe('Functions by name or id, where * stands for any characters; empty for all'),
      error: z
        .string()
        .regex(/^[0-9a-f]{16}$/, 'expected a fingerprint: sixteen hexadecimal digits')
        .optional()
        .describe('Fingerprint of one group; default: all groups'),
    }),
    z.strictObject({ kind: z.literal('platformLatency') }),
    z.strictObject({
      kind: z.literal('connectionUse'),
      functions: z.array(z.string().max(256)).max(50).describe('Functions that share the database, by name or id'),
      maxConnections: z.number().int().min(1).max(1_000_000),
      connectionsPerEnvironment: z.number().int().min(1).max(1000).default(1),
    }),
  ])
  .describe('The measured signal')
  .meta({ id: 'AlertSignal' });

export const ruleDocument = z
  .strictObject({
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
      .describe(
        'certain: compares the bound of the 95 % interval nearer to the threshold, so that 1 of 2 does not count as 50 %',
      ),
    functions: z
      .array(nameOf(256))
      .max(50)
      .default([])
      .describe('Functions to evaluate: names, ids, or patterns such as prod-*; none for all of them'),
    tags: z
      .array(tagFilter)
      .max(20)
      .default([])
      .describe('Tags that the functions must have: key:value, key (any value) or !key (no such tag); none for any'),
    groupBy: z.array(z.enum(GROUP_FIELDS)).max(5).default([]),
    window: duration.default('5m').describe('1m to 31d'),
    settle: duration
      .default('2m')
      .describe('The window ends this long before the evaluation, because lines arrive late; up to 1d'),
    allowedLateness: duration
      .default('0s')
      .describe('Evaluates a window again this long after it closed, if lines arrived late; up to 7d, 0s for never'),
    evaluationInterval: duration.default('1m').describe('1s to 1d'),
    for: duration.default('0s').describe('Up to 31d'),
    keepFiringFor: duration.default('0s').describe('Up to 31d'),
    minSamples: z.number().int().min(0).max(1_000_000_000).default(1),
    noData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
    labels: labels.default({}),
    annotations: labels.default({}),
    runbookUrl: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullable()
      .default(null),
    receivers: z
      .array(id)
      .max(10)
      .default([])
      .describe('Ids of the receivers of this rule, in place of those of the routes; none: the routes decide'),
  })
  .meta({ id: 'AlertRule' });
export type RuleDocument = z.infer<typeof ruleDocument>;

/** A document to save. */
export const savedRule = ruleDocument
  .extend({
    revision: revision
      .optional()
      .describe(
        'That of the rule which was read and changed: 409 if the stored rule is another by now. Without it, whatever is stored is replaced',
      ),
  })
  .meta({ id: 'SavedAlertRule' });

export const ruleParams = z.object({ id });
export const ruleAnswer = ruleDocument
  .extend({
    state: z.enum(['inactive', 'pending', 'firing', 'error', 'disabled']),
    firing: z.number().int(),
    pending: z.number().int(),
    evaluatedUntil: isoTime.nullable(),
    error: z.string().nullable().describe('Error of the last evaluation'),
    skipped: z.number().int().describe('Missed evaluations: the server was not running'),
    late: z.number().int().describe('Windows that received lines after their evaluation'),
    warning: z.string().nullable(),
    revision: revision.describe('Changes with the document of the rule, and not with its state'),
    managed,
  })
  .meta({ id: 'AlertRuleWithState' });
export const rulesAnswer = z.object({ items: z.array(ruleAnswer), nextCursor: z.null() }).meta({ id: 'AlertRuleList' });

export type RulesAnswer = z.infer<typeof rulesAnswer>;

export const dryRunBody = z
  .strictObject({
    rule: ruleDocument.optional().describe('Default: the stored rule'),
    days: z.number().min(0.01).max(31).default(7),
  })
  .meta({ id: 'DryRunRequest' });
export const dryRunAnswer = z
  .object({
    from: isoTime,
    to: isoTime,
    stepMs: z
      .number()
      .describe('Time between two evaluations: the rule’s interval, or longer to stay below 1,000 evaluations'),
    evaluations: z.number().int(),
    fired: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        from: isoTime,
        to: isoTime.nullable().describe('null while still firing'),
        summary: z.string(),
        summaryCode: optionalReasonCode,
      }),
    ),
  })
  .meta({ id: 'DryRun' });
export type DryRunAnswer = z.infer<typeof dryRunAnswer>;

export const previewBody = z
  .strictObject({
    rule: ruleDocument,
    days: z.number().min(0.01).max(31).default(7),
  })
  .meta({ id: 'AlertRulePreviewRequest' });
export const previewAnswer = dryRunAnswer
  .extend({
    unit: z.string(),
    matches: z
      .object({
        total: z.number().int(),
        functions: z.array(z.string()).describe('Ids of the first 100'),
      })
      .nullable()
      .describe(
        'Functions with invocations in the range that the rule evaluates; null for signals of the installation',
      ),
    points: z
      .array(
        z.object({
          at: isoTime,
          value: z.number().nullable(),
          function: z.string().nullable().describe('Name of the function that the value is of'),
          n: z.number().int(),
        }),
      )
      .describe('For each evaluation the series nearest to the limit, or furthest beyond it'),
    dataFrom: isoTime.nullable().describe('The oldest stored event; null without any'),
    notices: z
      .array(
        z.object({
          code: z.enum(['no-history', 'short-history', 'coarse-steps', 'no-function']),
          text: z.string(),
          parameters: z.record(z.string(), z.string()).optional().describe('Values of the text, as it shows them'),
        }),
      )
      .describe('What limits the preview, such as less data than the range'),
  })
  .meta({ id: 'AlertRulePreview' });

export const alertRuleRoutes = declareRoutes({
  previewAlertRule: {
    method: 'post',
    path: '/api/v1/alerts/rules/preview',
    scope: 'edit',
    tag: 'Alerts',
    summary:
      'Say which functions a draft rule evaluates, what it measured in the last days, and when it would have fired',
    body: previewBody,
    answer: previewAnswer,
  },
  listAlertRules: {
    method: 'get',
    path: '/api/v1/alerts/rules',
    scope: 'read',
    tag: 'Alerts',
    summary: 'List alert rules with their state',
    answer: rulesAnswer,
  },
  getAlertRule: {
    method: 'get',
    path: '/api/v1/alerts/rules/:id',
    scope: 'read',
    tag: 'Alerts',
    summary: 'Get an alert rule',
    params: ruleParams,
    answer: ruleAnswer,
    problems: ['not-found'],
  },
  saveAlertRule: {
    method: 'put',
    path: '/api/v1/alerts/rules/:id',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Create or replace an alert rule; if its query changed, its alerts are resolved',
    params: ruleParams,
    body: savedRule,
    answer: ruleAnswer,
    problems: ['conflict'],
  },
  deleteAlertRule: {
    method: 'delete',
    path: '/api/v1/alerts/rules/:id',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Delete an alert rule and resolve its alerts',
    params: ruleParams,
    answer: emptyAnswer,
    problems: ['not-found', 'conflict'],
  },
  dryRunAlertRule: {
    method: 'post',
    path: '/api/v1/alerts/rules/:id/dry-run',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Evaluate a rule over the last days without notifying',
    params: ruleParams,
    body: dryRunBody,
    answer: dryRunAnswer,
    problems: ['not-found'],
  },
});
