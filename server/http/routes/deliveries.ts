/** Handlers of deliveries. */
import { iso, isoOrNull, parseRfc3339 } from '../../../ingest/records/time.ts';
import { shownBody } from '../../alerts/notify/hidden.ts';
import type { Context } from '../context.ts';
import { deliveryRoutes } from '../contract/deliveries.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

/** Maximum deliveries that one request sends again. */
const MAX_REDELIVERED = 1000;

export const deliveryHandlers = implement(deliveryRoutes, {
  listDeliveries: async ({ context, query }) => {
    const { receiver, state, limit, cursor } = query;
    const found = await context.store.read.alertDeliveries({
      ...(receiver === undefined ? {} : { receiverId: receiver }),
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { beforeSeq: cursor }),
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    return {
      items: shown.map((one) => ({
        id: one.id,
        receiver: one.receiverId,
        type: one.type,
        state: one.state,
        createdAt: iso(one.createdMs),
        nextAttemptAt: one.state === 'pending' ? iso(one.nextMs) : null,
        endedAt: isoOrNull(one.endedMs),
        body: shownBody(one.body, { routingKey: context.alerts.receiver(one.receiverId)?.secrets.routingKey ?? null }),
        attempts: one.log.map(({ deliveryId: _, atMs, ...attempt }) => ({ ...attempt, at: iso(atMs) })),
      })),
      nextCursor: found.length > limit ? String(shown.at(-1)?.seq) : null,
    };
  },
  redeliverDeliveries: async ({ context, body }) => {
    if ((body.ids === undefined) === (body.failedSince === undefined)) {
      throw new ProblemError('invalid-request', 'The body is not valid', [
        { field: 'ids', message: 'expected either ids or failedSince' },
      ]);
    }
    const ids = body.ids ?? (await failedSince(parseRfc3339(body.failedSince ?? '') ?? Number.NaN, context));
    return { again: await context.store.alerts.redeliver(ids, context.now()) };
  },
  redeliverDelivery: async ({ context, params }) => ({
    again: await context.store.alerts.redeliver([params.id], context.now()),
  }),
});

async function failedSince(sinceMs: number, { store }: Context): Promise<readonly string[]> {
  const failed = await Promise.all(
    (['refused', 'exhausted'] as const).map((state) =>
      store.read.alertDeliveries({ state, sinceMs, limit: MAX_REDELIVERED }),
    ),
  );
  const oldestFirst = failed.flat().toSorted((a, b) => a.seq - b.seq);
  return oldestFirst.slice(-MAX_REDELIVERED).map((one) => one.id);
}
