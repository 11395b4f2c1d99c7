/** The durable execution that the attempts of a request belong to. */
import type * as z from 'zod';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { InvocationDetail, Store } from '../../storage/ports.ts';
import type { invocationDurable } from '../contract/invocations.ts';

type Durable = z.infer<typeof invocationDurable>;

/** Lines of the SDK's logger are between START and REPORT; their times may come from another clock. */
const SLACK_MS = MINUTE_MS;

export const NOT_DURABLE: Durable = {
  isDurableFunction: null,
  execution: null,
  reason:
    'The function is not known to be durable: none of its lines names a durable execution, and no inventory says whether it is durable',
};

const NO_LINE =
  'No stored line names a durable execution with this request ID. Lambda’s own lines never do; the SDK’s logger does, if it wrote a line and the subscription filter passes it (add ?"durable-execution" to the pattern)';

/** Returns what is known of the request’s execution in each function that ran it, by function id. */
export async function durableOf(
  { read }: Pick<Store, 'read'>,
  requestId: string,
  { attempts }: InvocationDetail,
): Promise<ReadonlyMap<number, Durable>> {
  const byFunction = new Map<number, { fromMs: number; toMs: number }>();
  for (const { invocation } of attempts) {
    const { functionId, startMs, endMs, durationMs } = invocation;
    const known = byFunction.get(functionId) ?? { fromMs: Infinity, toMs: -Infinity };
    byFunction.set(functionId, {
      fromMs: Math.min(known.fromMs, (startMs ?? endMs - durationMs) - SLACK_MS),
      toMs: Math.max(known.toMs, endMs + SLACK_MS),
    });
  }
  return new Map(
    await Promise.all(
      [...byFunction].map(async ([functionId, range]): Promise<[number, Durable]> => {
        const found = await read.durableInvocation({ ...range, functionId, requestId });
        if (found !== null) {
          return [
            functionId,
            { isDurableFunction: true, execution: { ...found, replay: found.position > 1 }, reason: null },
          ];
        }
        const [features, [entry]] = await Promise.all([
          read.features({ functionId }),
          read.inventory({ functionId, limit: 1 }),
        ]);
        const isDurable = features.includes('durable') || (entry?.facts.durable ?? null);
        if (isDurable === null) return [functionId, NOT_DURABLE];
        const reason = isDurable ? NO_LINE : 'The inventory says that the function is not durable';
        return [functionId, { isDurableFunction: isDurable, execution: null, reason }];
      }),
    ),
  );
}
