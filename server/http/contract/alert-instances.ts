/** Alerts that are pending or firing, and the history of notified transitions. */
import * as z from 'zod';
import { isoTime, selectionQuery } from './common.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

const alert = z.object({
  id: z.string(),
  sequence: z.number().int(),
  ruleId: z.string(),
  ruleName: z.string(),
  signal: z.string().optional().describe('Kind of the rule’s signal'),
  severity: z.string(),
  runbookUrl: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  summary: z.string(),
  summaryCode: optionalReasonCode,
  value: z.number().nullable(),
  threshold: z.number(),
  unit: z.string(),
  n: z.number().int(),
  interval: z.array(z.number()).length(2).nullable(),
  coverage: z.number().nullable(),
  window: z.object({ from: z.string(), to: z.string() }),
  startsAt: isoTime,
  endsAt: isoTime.nullable(),
  reason: z.string().nullable().describe('Why the alert ended, if not because the condition cleared'),
  evidence: z.array(
    z.object({
      requestId: z.string(),
      logStream: z.string().nullable(),
      timestamp: isoTime,
      status: z.string(),
      cause: z.string().nullable(),
      line: z.string().nullable().optional().describe('The REPORT line as received; null if raw lines are not kept'),
    }),
  ),
});

export const instancesAnswer = z
  .object({
    items: z.array(
      alert.extend({
        state: z.enum(['pending', 'firing']),
        failing: z.boolean().describe('The last evaluation failed; this is the state before it'),
        silenced: z.boolean(),
        inhibited: z.boolean(),
        notifies: z
          .array(z.string())
          .describe(
            'Ids of the receivers that its rule names or its routes lead to, unless it is silenced or inhibited',
          ),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'AlertList' });

export const historyQuery = z.strictObject({
  ...selectionQuery,
  ruleId: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const historyAnswer = z
  .object({
    items: z.array(alert.extend({ status: z.enum(['firing', 'resolved']), at: isoTime })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AlertHistory' });

export type InstancesAnswer = z.infer<typeof instancesAnswer>;

export const alertInstanceRoutes = declareRoutes({
  listAlerts: {
    method: 'get',
    path: '/api/v1/alerts/instances',
    scope: 'read',
    tag: 'Alerts',
    summary: 'List pending and firing alerts',
    query: z
      .strictObject(selectionQuery)
      .describe('Alerts without a function of their own are listed whatever the filters are'),
    answer: instancesAnswer,
  },
  listAlertHistory: {
    method: 'get',
    path: '/api/v1/alerts/history',
    scope: 'read',
    tag: 'Alerts',
    summary: 'List fired and resolved alerts, newest first',
    query: historyQuery,
    answer: historyAnswer,
  },
});
