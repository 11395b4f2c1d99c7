/** Groups of failures by their fingerprint. */
import * as z from 'zod';
import { invocationStatus, isoTime, range, rangeQuery, selectionQuery } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const errorKind = z
  .enum(['handler', 'runtime', 'timeout', 'oom', 'init', 'rest'])
  .describe(
    'handler: the code threw. runtime: the runtime or the sandbox failed. init: the code could not be loaded. rest: failures of hours with more groups than are stored',
  );

const fingerprint = z.string().regex(/^[0-9a-f]{16}$/, { error: 'expected 16 hexadecimal digits' });

export const errorState = z
  .enum(['open', 'resolved', 'ignored', 'regressed'])
  .describe(
    'regressed: resolved, and seen again in another version, or more than 30 minutes later in one that failed before',
  );

const counts = {
  failures: z.number().int().describe('Failed attempts, and inits that failed without an invocation'),
  invocations: z
    .number()
    .int()
    .describe('Different requests that users sent and that failed; one that fails in two hours counts in both'),
  initFailures: z.number().int().describe('Inits that failed without an invocation'),
};

const errorVersion = z.object({
  version: z.string().nullable().describe('null if no line states it'),
  ...counts,
  firstAt: isoTime.describe('Its first failure in the range'),
  lastAt: isoTime,
});

const errorGroup = z
  .object({
    function: z.object({ id: z.string(), name: z.string(), account: z.string(), region: z.string() }),
    fingerprint: fingerprint.describe('Unique within the function'),
    title: z.string(),
    kind: errorKind,
    errorType: z.string().nullable(),
    message: z
      .string()
      .describe('Template of the message: values of single failures are taken out; empty if there is none'),
    frame: z.string().describe('First frame of the function’s own code, without its line; empty if there is none'),
    state: errorState,
    decidedAt: isoTime.nullable().describe('When the state was set; null if it never was'),
    merged: z.array(fingerprint).describe('Groups that were merged into this one and failed in the range'),
    ...counts,
    firstAt: isoTime.describe('First failure on record, also before the range'),
    lastAt: isoTime.describe('Last failure on record, also after the range'),
    firstVersion: z.string().nullable().describe('Version of the first failure on record'),
    lastVersion: z.string().nullable().describe('Version of the last failure on record'),
    versions: z.array(errorVersion).describe('Versions with failures in the range, newest failure first'),
    series: z.array(z.number().int()).describe('Failures in each bucket of the range'),
  })
  .meta({ id: 'ErrorGroup' });
export type ErrorGroupAnswer = z.infer<typeof errorGroup>;

export const errorsQuery = z.strictObject({
  ...rangeQuery,
  ...selectionQuery,
  function: z.string().max(256).optional().describe('account:region:name, or the name if it is unambiguous'),
  kind: errorKind.optional(),
  state: errorState.optional(),
  version: z.string().max(129).optional().describe('Groups with failures of this version in the range'),
  text: z
    .string()
    .max(200)
    .optional()
    .describe('Part of the title, the frame or the name of the function, in any case'),
  sort: z.enum(['failures', 'invocations', 'first', 'last']).default('failures').describe('Largest or latest first'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const errorsAnswer = z
  .object({
    range,
    items: z.array(errorGroup),
    nextCursor: z.null(),
    total: z.number().int().describe('Groups that match, including those beyond the limit'),
    failures: z.number().int().describe('Failures of all groups that match'),
    truncated: z.boolean().describe('Only the 2,000 groups with the most failures in the range were read'),
  })
  .meta({ id: 'ErrorGroupList' });
export type ErrorsAnswer = z.infer<typeof errorsAnswer>;

export const errorGroupParams = functionParams.extend({ fingerprint });

export const errorGroupAnswer = z
  .object({
    range,
    group: errorGroup,
    returned: z
      .object({ version: z.string().nullable().describe('null if no line states it') })
      .nullable()
      .describe('The version in which a regressed group came back; null if it is not regressed'),
    deploy: z
      .object({ at: isoTime, kind: z.enum(['create', 'code', 'configuration', 'unknown']) })
      .nullable()
      .describe('The last update of $LATEST before the first failure; null if none is known'),
    examples: z
      .array(
        z.object({
          at: isoTime,
          requestId: z.string().nullable().describe('null if it belongs to no invocation: an init failed'),
          version: z.string().nullable(),
          status: invocationStatus.exclude(['success']),
          errorType: z.string().nullable(),
          message: z.string().nullable(),
          stack: z.array(z.string()).describe('Frames, innermost first'),
        }),
      )
      .describe('The newest failures in the range whose lines are still stored, newest first'),
  })
  .meta({ id: 'ErrorGroupDetail' });
export type ErrorGroupDetail = z.infer<typeof errorGroupAnswer>;

const errorStateBody = z.strictObject({ state: errorState.exclude(['regressed']) }).meta({ id: 'ErrorStateRequest' });
const errorMembers = z
  .strictObject({ fingerprints: z.array(fingerprint).min(1).max(100) })
  .meta({ id: 'ErrorMembersRequest' });
const errorDecision = z
  .object({
    fingerprint,
    state: errorState.describe('As it was decided; a later failure makes a resolved group regressed'),
    merged: z.array(fingerprint).describe('All groups that are merged into this one'),
  })
  .meta({ id: 'ErrorDecision' });

export const errorRoutes = declareRoutes({
  listErrors: {
    method: 'get',
    path: '/api/v1/errors',
    scope: 'read',
    tag: 'Errors',
    summary: 'List groups of failures: counts, first and last failure, versions',
    query: errorsQuery,
    answer: errorsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  getErrorGroup: {
    method: 'get',
    path: '/api/v1/functions/:id/errors/:fingerprint',
    scope: 'read',
    tag: 'Errors',
    summary: 'Get a group of failures with its newest failures and their stacks',
    params: errorGroupParams,
    query: z.strictObject(rangeQuery),
    answer: errorGroupAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  setErrorState: {
    method: 'put',
    path: '/api/v1/functions/:id/errors/:fingerprint',
    scope: 'edit',
    tag: 'Errors',
    summary: 'Resolve, ignore or open a group of failures',
    params: errorGroupParams,
    body: errorStateBody,
    answer: errorDecision,
    problems: ['not-found', 'ambiguous'],
  },
  mergeErrors: {
    method: 'post',
    path: '/api/v1/functions/:id/errors/:fingerprint/merge',
    scope: 'edit',
    tag: 'Errors',
    summary: 'Merge groups of failures of the function into this one',
    params: errorGroupParams,
    body: errorMembers,
    answer: errorDecision,
    problems: ['not-found', 'ambiguous'],
  },
  splitErrors: {
    method: 'post',
    path: '/api/v1/functions/:id/errors/:fingerprint/split',
    scope: 'edit',
    tag: 'Errors',
    summary: 'Separate groups of failures that were merged into this one',
    params: errorGroupParams,
    body: errorMembers,
    answer: errorDecision,
    problems: ['not-found', 'ambiguous'],
  },
});
