import { shownBody, shownUrl } from '../../alerts/notify/hidden.ts';
import type { KnownReceiver, Receiver } from '../../alerts/notify/receiver.ts';
import { rotated } from '../../alerts/notify/receiver.ts';
import { receiverErrors, receiverOf } from '../../alerts/notify/receiver-documents.ts';
import { previewBody, testBody } from '../../alerts/notify/sample-notification.ts';
import { newSecret } from '../../alerts/notify/signature.ts';
import type { Context } from '../context.ts';
import { receiverRoutes } from '../contract/receivers.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

export const receiverHandlers = implement(receiverRoutes, {
  listReceivers: async ({ context }) => ({ items: context.alerts.receivers().map(receiverBody), nextCursor: null }),
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
    return { ...receiverBody(receiver), secret: before === null ? secret : null };
  },
  deleteReceiver: async ({ context, params }) => {
    receiverById(params.id, context);
    const used = context.alerts.routing().routes.some((one) => one.receiverId === params.id);
    if (used)
      throw new ProblemError('conflict', `Receiver ${params.id} is used by a route. Remove it from the routes first.`);
    const rule = context.alerts.rules().find(({ receivers }) => receivers.includes(params.id));
    if (rule !== undefined)
      throw new ProblemError(
        'conflict',
        `Receiver ${params.id} is named by the rule ${rule.name}. Choose another receiver in the rule first.`,
      );
    await context.alerts.removeReceiver(params.id);
    return {};
  },
  rotateReceiverSecret: async ({ context, params }) => {
    const { receiver, secrets } = receiverById(params.id, context);
    const secret = newSecret();
    await context.alerts.saveReceiver(receiver, rotated(secrets, secret, context.now()));
    return { ...receiverBody(receiver), secret };
  },
  testReceiver: async ({ context, params }) => {
    const { receiver, secrets } = receiverById(params.id, context);
    const body = testBody({ receiver, secrets }, context.now(), context.config.publicUrl);
    const id = `msg_${context.alerts.newId()}`;
    const { outcome, exchange } = await context.alerts.deliverer.exchange({ id, body }, receiver, secrets);
    return {
      ...exchange,
      requestHeaders: { ...exchange.requestHeaders },
      delivered: outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300,
      body: shownBody(body, secrets),
      answer: exchange.answer?.slice(0, 1024) ?? null,
    };
  },
  previewNotification: async ({ context, body: { format, template } }) =>
    previewBody(format, template, context.now(), context.config.publicUrl),
});

/** @throws ProblemError (404) if there is no such receiver. */
function receiverById(id: string, { alerts }: Context): KnownReceiver {
  const found = alerts.receiver(id);
  if (found === null) throw new ProblemError('not-found', `No receiver ${id}`);
  return found;
}

function receiverBody({ headers, disabled, ...receiver }: Receiver) {
  return { ...receiver, url: shownUrl(receiver), headers: Object.keys(headers), enabled: disabled === null, disabled };
}
