import { z } from 'zod';
import { isoTime } from './common.ts';

const timed = {
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  offsetMs: z.number().describe('After the first segment of the trace began; negative where an init began earlier'),
  durationMs: z.number().nullable().describe('null while in progress'),
};

export const traceParams = z.object({
  traceId: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, { error: 'expected 1-xxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx' }),
});

export const traceAnswer = z.object({
  traceId: z.string(),
  startedAt: isoTime,
  durationMs: z.number().nullable(),
  segments: z.array(
    z.object({
      ...timed,
      origin: z.string().nullable(),
      startNs: z.string().describe('Epoch nanoseconds, decimal'),
      endNs: z.string().nullable(),
      requestId: z.string().nullable(),
      httpStatus: z.number().nullable(),
      outcome: z.enum(['ok', 'error', 'fault', 'throttle']).nullable(),
      resourceArn: z.string().nullable(),
      annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      subsegments: z.array(z.object({ ...timed, namespace: z.string().nullable() })),
    }),
  ),
});
export type TraceAnswer = z.infer<typeof traceAnswer>;
