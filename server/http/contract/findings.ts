/** Findings: a code, its parameters and an English sentence, of functions and in groups of one kind. */
import * as z from 'zod';

const severity = z.enum(['high', 'medium', 'low']);

/** What was found. Texts in other languages are written from the code and its parameters. */
export const FINDING_CODES = [
  'out-of-memory',
  'timeouts',
  'errors',
  'cold-starts',
  'runtime-update-blocked',
  'runtime-deprecated',
  'runtime-ending',
  'memory-too-small',
  'memory-saving',
  'throttles',
  'provisioned-concurrency',
  'dropped-events',
  'dead-letters',
  'destinations',
  'iterator-age',
  'async-event-age',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];
const findingCode = z
  .enum(FINDING_CODES)
  .describe(
    'out-of-memory, timeouts, errors: failed invocations. cold-starts: callers waited. runtime-...: AWS ends its support. memory-...: another memory size. From metrics of CloudWatch: throttles; provisioned-concurrency, all in use; dropped-events; dead-letters and destinations, undelivered events; iterator-age and async-event-age, which rise',
  );

const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .describe('Values of the sentence by name: with the code they suffice to write it in another language');

/** One finding of one function. */
export const functionFinding = z.object({
  functionId: z.string(),
  kind: z.string().describe('The code, with all runtime-... as runtime'),
  code: findingCode,
  severity,
  parameters,
  sentence: z.string(),
});

const withBounds = z.object({ value: z.number(), low: z.number(), high: z.number() });

const NEXT_CODES = ['memory', 'failures', 'cold-starts', 'changes', 'metrics'] as const;

export const findingGroup = z
  .object({
    code: findingCode,
    severity,
    urgency: z
      .number()
      .describe(
        'Order of groups, also of different answers: severity, then affected invocations, then money. Higher is more urgent',
      ),
    parameters,
    sentence: z.string(),
    affected: z
      .number()
      .int()
      .nullable()
      .describe(
        'Invocations that failed, or whose caller waited; requests or events that were refused or lost; null where the finding does not concern any',
      ),
    affectedIsLowerBound: z.boolean().describe('Errors of some invocations are unknown'),
    wastedUsd: z
      .number()
      .nullable()
      .describe('Cost of all failed attempts of these functions in the range; null where it is not known or not meant'),
    monthlySavingUsd: withBounds
      .nullable()
      .describe('Sum over the functions; its bounds are the sums of theirs. null where money is not what was found'),
    functions: z.object({
      total: z.number().int(),
      worst: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            affected: z.number().int().nullable(),
            parameters,
            sentence: z.string(),
          }),
        )
        .describe('At most ten, the worst first'),
    }),
    next: z
      .object({
        code: z.enum(NEXT_CODES),
        functionId: z.string().describe('The worst function of the group'),
        parameters,
        sentence: z.string(),
      })
      .describe('What to do, on a tab of the page of a function: memory, failures, cold-starts, changes or metrics'),
  })
  .meta({ id: 'FindingGroup' });
export type FindingGroup = z.infer<typeof findingGroup>;
export type FunctionFinding = z.infer<typeof functionFinding>;
