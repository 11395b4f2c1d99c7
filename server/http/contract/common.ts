/** Schemas that several routes share. */
import * as z from 'zod';
import { parseRfc3339, parseTime } from '../../../ingest/records/time.ts';
import { optionalReasonCode, optionalReasonCodes } from './reasons.ts';
import { parseTagFilter } from './tag-filter.ts';

export const isoTime = z.iso.datetime({ precision: 3 }).describe('ISO 8601, UTC, milliseconds');

/** Control characters, direction marks, invisible and tag characters, half surrogate pairs, separators of lines. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A name that people give: it is read in lists, terminals and messages, so that each character of it has to be seen. */
export const nameOf = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !UNSEEN.test(text), { error: 'expected no control, direction or invisible characters' });

/** A time in a body that people and scripts send: any time of RFC 3339. Read it with `parseRfc3339`. */
export const timeInput = z
  .string()
  .max(64)
  .refine((text) => parseRfc3339(text) !== null, { error: 'expected a time of RFC 3339, such as 2026-11-21T14:00:00Z' })
  .describe('RFC 3339: 2026-11-21T14:00:00Z, with or without a fraction, in any time zone')
  .meta({ format: 'date-time' });

export const blocks = z
  .number()
  .int()
  .optional()
  .describe(
    'Blocks of time from whose differences the interval is computed, so that bursts are not taken for evidence. Absent where the interval (Wilson) assumes that invocations are independent',
  );

export const rate = z
  .object({
    value: z.number().nullable().describe('null when n is 0'),
    low: z.number().nullable(),
    high: z.number().nullable(),
    n: z.number().int(),
    blocks,
  })
  .describe('Proportion with its 95 % interval')
  .meta({ id: 'Rate' });
export type Rate = z.infer<typeof rate>;

export const unknownErrors = z
  .object({
    invocations: z.number().int().describe('Invocations of which it is unknown whether the handler threw'),
    reason: z.string(),
    reasonCode: optionalReasonCode,
    remedy: z.string().nullable().describe('null in the rows of a list, which states it once as errorsRemedy'),
    remedyCode: optionalReasonCode,
  })
  .nullable()
  .describe('null if every error would have been received')
  .meta({ id: 'UnknownErrors' });

export const wastedUnknown = unknownErrors.describe(
  'What is not known of failed attempts: wastedUsd is a lower bound then. null if every error would have been received',
);

export const errorRate = z
  .object({
    value: z.number().nullable().describe('null when n is 0, or when errors are unknown'),
    low: z.number().nullable(),
    high: z.number().nullable(),
    n: z.number().int(),
    blocks,
    failures: z.number().int().describe('Known failures; a lower bound when errors are unknown'),
    unknown: unknownErrors,
  })
  .describe(
    'Share of failed invocations with its 95 % interval. Where errors are unknown, the interval reaches from the known failures to all of these invocations',
  )
  .meta({ id: 'ErrorRate' });
export type ErrorRate = z.infer<typeof errorRate>;

/** Both ends of an interval. */
export const bounds = z.object({ low: z.number(), high: z.number() });

export const quantiles = z
  .object({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    n: z.number().int(),
  })
  .describe(
    'Quantiles in ms from a DDSketch: relative error at most 1 %; null when n is 0. Their intervals are not known, because values depend on each other within blocks of time, and these answers do not read single blocks. Quantiles with intervals are on the page of a function',
  )
  .meta({ id: 'Quantiles' });

const quantileInterval = z
  .object({
    low: z.number().nullable(),
    high: z
      .number()
      .nullable()
      .describe(
        'Null with a known low: so few independent values are above the quantile that it may be any higher value',
      ),
    effectiveN: z
      .number()
      .nullable()
      .describe(
        'Independent values that would give the same interval; null where too few blocks of time show how values depend on each other',
      ),
    reason: z.string().nullable().describe('Why an end is not known, or neither; null if both are known'),
    reasonCode: optionalReasonCode,
  })
  .describe('95 % interval in ms, at edges of bins of the sketch')
  .meta({ id: 'QuantileInterval' });

export const quantilesWithIntervals = quantiles
  .extend({
    intervals: z
      .object({
        p50: quantileInterval,
        p95: quantileInterval,
        p99: quantileInterval,
        blocks: z
          .number()
          .int()
          .describe('Blocks of time with values, from whose differences the intervals are computed'),
        resolution: z.number().describe('Relative error of each bound: half the width of a bin'),
      })
      .describe('Woodruff’s intervals, so that bursts and slow hours are not taken for evidence'),
  })
  .describe('Quantiles in ms from a DDSketch, with 95 % intervals: relative error at most 1 %; null when n is 0')
  .meta({ id: 'QuantilesWithIntervals' });
export type QuantilesWithIntervals = z.infer<typeof quantilesWithIntervals>;

export const range = z
  .object({
    from: isoTime,
    to: isoTime,
    bucketMs: z.number().int(),
  })
  .describe('Range of the answer: the requested range, extended to whole buckets')
  .meta({ id: 'AnsweredRange' });

export const coverage = z
  .number()
  .nullable()
  .describe('Share of attempts with both START and REPORT; null without attempts');

export const priceAssumptions = z.array(z.string()).describe('What the prices assume, in sentences');
/** Beside {@link priceAssumptions}. */
export const priceAssumptionCodes = optionalReasonCodes;

const NO_TIME = { error: 'expected epoch milliseconds, ISO 8601, or now-24h (s, m, h, d, w)' };

const timeText = z
  .string()
  .max(64)
  // In the query of a URL, + is a blank: the sign of a time zone, or of now+1h.
  .overwrite((text) => text.replace(/ (?=\d\d:?\d\d$|\d{1,6}[smhdw]$)/, '+'))
  .regex(/^(?:\d{1,15}|now(?:[+-]\d{1,6}[smhdw])?|\d{4}-\d\d-\d\d(?:[Tt ][\d:.,Zz+-]+)?)$/, { ...NO_TIME, abort: true })
  .refine((text) => parseTime(text, 0) !== null, NO_TIME);

export const rangeQuery = {
  from: timeText.default('now-24h').describe('Epoch ms, ISO 8601 or now-24h'),
  to: timeText.default('now').describe('Epoch ms, ISO 8601 or now'),
};

/** A time range of which either end may be left out. */
export const optionalRange = {
  from: timeText.optional().describe('Epoch ms, ISO 8601 or now-24h'),
  to: timeText.optional().describe('Epoch ms, ISO 8601 or now'),
};

/** Parameters that may appear several times. */
export const REPEATABLE: ReadonlySet<string> = new Set(['tag']);

/** A filter by tag as text; see tag-filter.ts. */
export const tagFilter = z
  .string()
  .max(512)
  .refine((text) => parseTagFilter(text) !== null, {
    error: 'expected key:value, key (any value) or !key (no such tag)',
  });

/** Filters that select functions as a whole. */
export const selectionQuery = {
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
  architecture: z.enum(['x86_64', 'arm64']).optional(),
  runtime: z.string().max(64).optional().describe('Identifier that AWS uses, such as python3.13'),
  vpc: z.enum(['true', 'false']).optional().describe('Whether the function is in a VPC, by the inventory'),
  tag: z
    .array(tagFilter)
    .max(20)
    .optional()
    .describe(
      'key:value, key (any value) or !key (no such tag); may appear several times: one of those with the same key, and that for every key. A backslash escapes a colon in a key',
    ),
};

export const filterQuery = {
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
  runtime: selectionQuery.runtime,
  vpc: selectionQuery.vpc,
  tag: selectionQuery.tag,
  function: z.string().max(256).optional().describe('account:region:name, or the name if it is unambiguous'),
  version: z.string().max(129).optional(),
  memoryMb: z.coerce.number().int().min(1).max(1_048_576).optional(),
  architecture: z.enum(['x86_64', 'arm64']).optional(),
};

export const interval = z
  .enum(['auto', '5m', '15m', '30m', '1h', '3h', '6h', '12h', '1d', '1w'])
  .default('auto')
  .describe('Bucket width; auto gives about sixty buckets');

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional().describe('nextCursor of the previous page'),
};

export const coldStartKind = z.enum(['on-demand', 'provisioned', 'snap-start', 'suppressed', 'managed-instance']);
export const coldStartCause = z.enum([
  'provisioned',
  'snap-start',
  'deploy',
  'runtime-patch',
  'crash',
  'proactive',
  'scale-out',
  'idle-expiry',
  'recycle',
  'new-tenant',
  'unknown',
  'init-timeout',
]);
export const withoutStream = z
  .object({
    invocations: z.number().int(),
    coldStarts: z.number().int().describe('Cold starts among them'),
    reason: z.string(),
    reasonCode: optionalReasonCode,
  })
  .nullable()
  .describe(
    'Invocations without a known log stream: environments, user-felt cold starts, causes, keep-alive and concurrency exclude them; null if there are none',
  );
export type WithoutStream = NonNullable<z.infer<typeof withoutStream>>;
export const invocationStatus = z.enum(['success', 'timeout', 'error', 'oom', 'exit']);

export const emptyAnswer = z.object({}).meta({ id: 'Empty' });
