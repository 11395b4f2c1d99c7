import { iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Store, StoredInvocation } from '../../storage/ports.ts';
import type { Neighbour } from '../../storage/questions/invocation/types.ts';
import type { InvocationOrder } from '../../storage/questions/invocations/types.ts';
import { readShaped } from '../answers/shape-answer.ts';
import type { InvocationNeighbour, InvocationSort } from '../contract/invocations.ts';
import { INVOCATION_NUMBERS, invocationRoutes } from '../contract/invocations.ts';
import { implement } from '../implement.ts';
import { durableOf, NOT_DURABLE } from '../presentation/durable-invocation.ts';
import { environmentOf, invocationOf } from '../presentation/present.ts';
import { ProblemError } from '../problems.ts';
import { filterOf, rangeOf } from '../query.ts';

export const invocationHandlers = implement(invocationRoutes, {
  listInvocations: async ({ context, query }) => {
    const { from, to, function: name, account, region, version, memoryMb, ...others } = query;
    const { architecture, runtime, vpc, tag, sort, ...rest } = others;
    const range = rangeOf({ from, to }, context.now());
    const owners = { function: name, account, region, architecture, runtime, vpc, tag };
    const filter = await filterOf({ ...owners, version, memoryMb }, context);
    const question = ['invocations', { ...range, ...filter, ...rest, order: orderOf(sort) }] as const;
    return readShaped(context, [question], 'invocationList', context.config.priceTerms);
  },
  getInvocation: async ({ context, params }) => {
    const found = await context.store.read.invocation({ requestId: params.requestId });
    if (found === null) throw new ProblemError('not-found', 'Unknown request id');
    const [durable, { rawSinceMs }, traces] = await Promise.all([
      durableOf(context.store, params.requestId, found),
      context.store.read.retention({}),
      Promise.all(found.attempts.map(({ invocation }) => traceOf(context.store, invocation))),
    ]);
    return {
      requestId: params.requestId,
      attempts: found.attempts.map(({ invocation, lines, omittedLines, environment, neighbours }, at) => ({
        ...invocationOf(invocation, context.config.priceTerms),
        traceId: traces[at] ?? null,
        durable: durable.get(invocation.functionId) ?? NOT_DURABLE,
        environment: environment === null ? null : environmentOf(environment),
        lines: lines.map((line) => ({
          timestamp: iso(line.timestampMs),
          message: line.message,
          platform: line.platform,
        })),
        omittedLines,
        neighbours:
          neighbours === null
            ? null
            : { previous: neighbourOf(neighbours.previous), next: neighbourOf(neighbours.next) },
      })),
      linesKept: context.config.rawLines,
      linesSince: rawSinceMs === null ? null : iso(rawSinceMs),
      faults: found.faults.map(({ atMs, stack, ...fault }) => ({
        at: iso(atMs),
        ...fault,
        stack: stack === null ? [] : stack.split('\n'),
      })),
    };
  },
});

function neighbourOf(found: Neighbour | null): InvocationNeighbour | null {
  if (found === null) return null;
  const { startMs, endMs, ...rest } = found;
  return { ...rest, startedAt: startMs === null ? null : iso(startMs), endedAt: iso(endMs) };
}

/** Undefined for the newest first, which lists are in without an order. */
function orderOf(sort: InvocationSort): InvocationOrder | undefined {
  if (sort === '-endedAt') return undefined;
  const by = INVOCATION_NUMBERS.find((name) => sort === name || sort === `-${name}`);
  return by === undefined ? undefined : { by, descending: sort.startsWith('-') };
}

/** Clocks of functions and of the service that writes REPORT differ by less. */
const CLOCKS_MS = MINUTE_MS;

/** The trace of an attempt: that of its REPORT, or the one whose spans name the request. */
async function traceOf({ read }: Pick<Store, 'read'>, invocation: StoredInvocation): Promise<string | null> {
  const { traceId, functionId, requestId, endMs, durationMs } = invocation;
  if (traceId !== null) return traceId;
  const fromMs = endMs - durationMs - CLOCKS_MS;
  return read.traceOfRequest({ functionId, requestId, fromMs, toMs: endMs + CLOCKS_MS });
}
