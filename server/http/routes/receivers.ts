/** Handlers of receivers and deliveries. */
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { KnownReceiver, Receiver } from '../../alerts/notify/receiver.ts';
import { rotated } from '../../alerts/notify/receiver.ts';
import { receiverErrors, receiverOf } from '../../alerts/notify/receiver-documents.ts';
import { previewBody, testBody } from '../../alerts/notify/sample-notification.ts';
import { newSecret } from '../../alerts/notify/signature.ts';
import type { Context } from '../context.ts';
import { deliveryRoutes } from '../contract/deliveries.ts';
import { receiverRoutes } from '../contract/receivers.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

const MAX_REDELIVERED = 1000;

export const receiverHandlers = implement(receiverRoutes, {
  listReceivers: async ({ context }) => ({ items: context.alerts.receivers().map(receiverView), nextCursor: null }),
  saveReceiver: async ({ context, params, body }) => {
    const before = context.alerts.receiver(body.id);
    const errors = receiverErrors(body, before, (url) => context.alerts.urlBlockReason(url));
    const idErrors = body.id === params.id ? [] : [{ field: 'id', message: `must be ${params.id}, as in the path` }];
    if (errors.length + idErrors.length > 0) {
      throw new ProblemError('invalid-request', 'The body is not valid', [...idErrors, ...errors]);
    }
    const secret = newSecret();
    const { receiver, secrets } = receiverOf(body, before, secret);
    await context.alerts.saveReceiver(receiver, secrets);
    return { ...receiverView(receiver), secret: before === null ? secret : null };
  },
  deleteReceiver: async ({ context, params }) => {
    known(params.id, context);
    const used = context.alerts.routing().routes.some((one) => one.receiverId === params.id);
    if (used)
      throw new ProblemError('conflict', `Receiver ${params.id} is used by a route. Remove it from the routes first.`);
    await context.alerts.removeReceiver(params.id);
    return {};
  },
  rotateReceiverSecret: async ({ context, params }) => {
    const { receiver, secrets } = known(params.id, context);
    const secret = newSecret();
    await context.alerts.saveReceiver(receiver, rotated(secrets, secret, context.now()));
    return { ...receiverView(receiver), secret };
  },
  testReceiver: async ({ context, params }) => {
    const { receiver, secrets } = known(params.id, context);
    const body = testBody({ receiver, secrets }, context.now(), context.config.publicUrl);
    const id = `msg_${context.alerts.newId()}`;
    const { outcome, exchange } = await context.alerts.deliverer.exchange({ id, body }, receiver, secrets);
    return {
      ...exchange,
      requestHeaders: { ...exchange.requestHeaders },
      delivered: outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300,
      body: hide(body, secrets.routingKey),
      answer: exchange.answer?.slice(0, 1024) ?? null,
    };
  },
  previewNotification: async ({ context, body: { format, template } }) =>
    previewBody(format, template, context.now(), context.config.publicUrl),
});

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
        body: hide(one.body, context.alerts.receiver(one.receiverId)?.secrets.routingKey ?? null),
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
    const ids = body.ids ?? (await failedSince(Date.parse(body.failedSince ?? ''), context));
    return { again: await context.store.alerts.redeliver(ids, context.now()) };
  },
  redeliverDelivery: async ({ context, params }) => ({
    again: await context.store.alerts.redeliver([params.id], context.now()),
  }),
});

async function failedSince(sinceMs: number, { store }: Context): Promise<readonly string[]> {
  const exhausted = await store.read.alertDeliveries({ state: 'exhausted', sinceMs, limit: MAX_REDELIVERED });
  return exhausted.map((one) => one.id).toReversed();
}

/** @throws ProblemError (404) if there is no such receiver. */
function known(id: string, { alerts }: Context): KnownReceiver {
  const found = alerts.receiver(id);
  if (found === null) throw new ProblemError('not-found', `No receiver ${id}`);
  return found;
}

/** Redacts the routing key. */
function hide(body: string, routingKey: string | null): string {
  return routingKey === null ? body : body.replaceAll(routingKey, '(hidden)');
}

function receiverView({ headers, disabled, ...receiver }: Receiver) {
  return { ...receiver, headers: Object.keys(headers), enabled: disabled === null, disabled };
}
