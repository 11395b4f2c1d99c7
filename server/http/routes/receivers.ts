/** Where alerts are sent to, and what became of each delivery. */

import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import { testAlert } from '../../alerts/evaluate/alert.ts';
import { bodyOf, nativeData } from '../../alerts/notify/bodies.ts';
import type { Receiver } from '../../alerts/notify/receiver.ts';
import { rotated } from '../../alerts/notify/receiver.ts';
import { newSecret } from '../../alerts/notify/signature.ts';
import type { Context } from '../context.ts';
import { deliveryRoutes } from '../contract/deliveries.ts';
import { receiverRoutes } from '../contract/receivers.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

const MOST_REDELIVERED = 1000;

export const receiverHandlers = implement(receiverRoutes, {
  listReceivers: async ({ context }) => ({ items: context.alerts.receivers().map(receiverView), nextCursor: null }),
  saveReceiver: async ({ context, params, body }) => {
    const { id, headers, routingKey, enabled, ...rest } = body;
    const faults = faultsOf(body, params.id, context);
    if (faults.length > 0) throw new ProblemError('invalid-request', 'The body is not valid', faults);
    const before = context.alerts.receiver(id);
    const secret = before === null ? newSecret() : null;
    const kept = before?.secrets ?? { signing: [{ secret: secret ?? newSecret(), untilMs: null }], routingKey: null };
    // What is never shown cannot be sent back: left out, it stays.
    const known = before?.receiver.headers ?? {};
    const receiver: Receiver = {
      id,
      ...rest,
      headers: Object.keys(headers).length === 0 ? known : headers,
      disabled: enabled ? null : 'by-hand',
    };
    await context.alerts.saveReceiver(receiver, { ...kept, routingKey: routingKey ?? kept.routingKey });
    return { ...receiverView(receiver), secret };
  },
  deleteReceiver: async ({ context, params }) => {
    known(params.id, context);
    const used = context.alerts.routing().routes.some((one) => one.receiverId === params.id);
    if (used) throw new ProblemError('conflict', `Routes tell ${params.id}: change them first`);
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
    const notice = testNotice(receiver.name, context);
    const { timestamp } = notice;
    const { template } = receiver;
    const { body } =
      receiver.format === 'native'
        ? { body: JSON.stringify({ type: 'webhook.test', timestamp, data: nativeData(notice) }) }
        : bodyOf(receiver.format, notice, { template, routingKey: secrets.routingKey });
    const id = `msg_${context.alerts.newId()}`;
    const { outcome, exchange } = await context.alerts.deliverer.exchange({ id, body }, receiver, secrets);
    return {
      ...exchange,
      requestHeaders: { ...exchange.requestHeaders },
      delivered: outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300,
      body: secrets.routingKey === null ? body : body.replaceAll(secrets.routingKey, '(hidden)'),
      answer: exchange.answer?.slice(0, 1024) ?? null,
    };
  },
  previewNotification: async ({ context, body: { format, template } }) => {
    const { type, body } = bodyOf(format, testNotice('preview', context), { template, routingKey: null });
    return { type, body, problem: faultOfJson(body) };
  },
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
  const exhausted = await store.read.alertDeliveries({ state: 'exhausted', sinceMs, limit: MOST_REDELIVERED });
  return exhausted.map((one) => one.id).toReversed();
}

function known(id: string, { alerts }: Context) {
  const found = alerts.receiver(id);
  if (found === null) throw new ProblemError('not-found', `No receiver ${id}`);
  return found;
}

function faultsOf(
  body: {
    readonly id: string;
    readonly url: string;
    readonly format: string;
    readonly template: string | null;
    readonly routingKey: string | null;
  },
  id: string,
  { alerts }: Context,
) {
  const faults: { field: string; message: string }[] = [];
  if (body.id !== id) faults.push({ field: 'id', message: `expected ${id}, as in the path` });
  const refusal = alerts.refusalOf(body.url);
  if (refusal !== null) faults.push({ field: 'url', message: refusal });
  if (body.format === 'template' && body.template === null) {
    faults.push({ field: 'template', message: 'expected for the format template' });
  }
  if (body.format === 'pagerduty' && body.routingKey === null && alerts.receiver(id)?.secrets.routingKey == null) {
    faults.push({ field: 'routingKey', message: 'expected for the format pagerduty' });
  }
  return faults;
}

function hide(body: string, routingKey: string | null): string {
  return routingKey === null ? body : body.replaceAll(routingKey, '(hidden)');
}

function receiverView({ headers, disabled, ...receiver }: Receiver) {
  return { ...receiver, headers: Object.keys(headers), enabled: disabled === null, disabled };
}

function testNotice(receiver: string, context: Context) {
  const timestamp = iso(context.now());
  const told = [{ status: 'firing' as const, alert: testAlert(timestamp) }];
  return { groupKey: '[]', receiver, told, total: 1, timestamp, publicUrl: context.config.publicUrl };
}

function faultOfJson(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
