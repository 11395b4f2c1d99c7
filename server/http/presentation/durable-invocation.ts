/** The durable execution that the attempts of a request belong to. */
import type * as z from 'zod';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { InvocationDetail, Store } from '../../storage/ports.ts';
import type { invocationDurable } from '../contract/invocations.ts';

import { codeOf } from './reasons.ts';

type Durable = z.infer<typeof invocationDurable>;

/** Lines of the SDK's logger are between START and REPORT; their times may come from another clock. */
const SLACK_MS = MINUTE_MS;

const UNKNOWN = reasonOf('durable-unknown');

export const NOT_DURABLE: Durable = {
  isDurableFunction: null,
  execution: null,
  reason: UNKNOWN.text,
  reasonCode: codeOf(UNKNOWN),
};

const NO_LINE = reasonOf('durable-no-line');

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
        const reason = isDurable ? NO_LINE : reasonOf('durable-not');
        return [
          functionId,
          { isDurableFunction: isDurable, execution: null, reason: reason.text, reasonCode: codeOf(reason) },
        ];
      }),
    ),
  );
}
