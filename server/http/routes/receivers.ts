import { shownBody, shownUrl } from '../../alerts/notify/hidden.ts';
import { mailText } from '../../alerts/notify/mail.ts';
import type { KnownReceiver } from '../../alerts/notify/receiver.ts';
import { rotated } from '../../alerts/notify/receiver.ts';
import { receiverErrors, receiverOf } from '../../alerts/notify/receiver-documents.ts';
import { isAccepted } from '../../alerts/notify/retry.ts';
import { previewBody, testBody } from '../../alerts/notify/sample-notification.ts';
import { newSecret } from '../../alerts/notify/signature.ts';
import { revisionOfReceiver } from '../../alerts/rules/revision.ts';
import type { Context } from '../context.ts';
import { receiverRoutes } from '../contract/receivers.ts';
import { implement } from '../implement.ts';
import { managedBy, rejectManaged } from '../presentation/managed.ts';
import { ProblemError } from '../problems.ts';

export const receiverHandlers = implement(receiverRoutes, {
  listReceivers: async ({ context }) => ({
    items: context.alerts.receivers().map(({ id }) => receiverBody(receiverById(id, context), context)),
    nextCursor: null,
    canSendMail: context.config.smtp !== null,
  }),
  saveReceiver: async ({ context, params, body: { revision, ...document } }) => {
    const { id } = params;
    rejectManaged(context, 'receiver', id);
    const before = context.alerts.receiver(id);
    // What is hidden of it is kept from the receiver which was read.
    if (!isRead(before, revision)) throw changedMeanwhile(id, before, revision);
    const errors = receiverErrors(
      document,
      before,
      (url) => context.alerts.urlBlockReason(url),
      context.config.smtp !== null,
    );
    const idErrors = document.id === id ? [] : [{ field: 'id', message: `must be ${id}, as in the path` }];
    if (errors.length + idErrors.length > 0) {
      throw new ProblemError('invalid-request', 'The body is not valid', [...idErrors, ...errors]);
    }
    const secret = newSecret();
    const saved = receiverOf(document, before, secret);
    const isSaved = await context.alerts.saveReceiver(
      saved.receiver,
      saved.secrets,
      (stored) => context.alerts.managed('receiver', id) === null && isRead(stored, revision),
    );
    rejectManaged(context, 'receiver', id);
    if (!isSaved) throw changedMeanwhile(id, context.alerts.receiver(id), revision);
    return { ...receiverBody(saved, context), secret: before === null ? secret : null };
  },
  deleteReceiver: async ({ context, params }) => {
    receiverById(params.id, context);
    rejectManaged(context, 'receiver', params.id);
    const used = context.alerts.routing().routes.some((one) => one.receiverId === params.id);
    if (used)
      throw new ProblemError('conflict', `Receiver ${params.id} is used by a route. Remove it from the routes first.`);
    const rule = context.alerts.rules().find(({ receivers }) => receivers.includes(params.id));
    if (rule !== undefined)
      throw new ProblemError(
        'conflict',
        `Receiver ${params.id} is named by the rule ${rule.name}. Choose another receiver in the rule first.`,
      );
    const schedules = await context.store.read.reportSchedules({});
    const report = schedules.find(({ schedule }) => schedule.receivers.includes(params.id))?.schedule;
    if (report !== undefined)
      throw new ProblemError(
        'conflict',
        `Receiver ${params.id} gets the report ${report.name}. Choose another receiver for the report first.`,
      );
    await context.alerts.removeReceiver(params.id, () => context.alerts.managed('receiver', params.id) === null);
    rejectManaged(context, 'receiver', params.id);
    return {};
  },
  rotateReceiverSecret: async ({ context, params }) => {
    const { receiver, secrets } = receiverById(params.id, context);
    // One that no file names is generated here, and rotated here.
    if (context.alerts.managed('receiver', params.id)?.references['signingSecret'] !== undefined)
      rejectManaged(context, 'receiver', params.id);
    const secret = newSecret();
    const saved = { receiver, secrets: rotated(secrets, secret, context.now()) };
    await context.alerts.saveReceiver(saved.receiver, saved.secrets);
    return { ...receiverBody(saved, context), secret };
  },
  testReceiver: async ({ context, params }) => {
    const { receiver, secrets } = receiverById(params.id, context);
    const stored = testBody({ receiver, secrets }, context.now(), context.config.publicUrl);
    const id = `msg_${context.alerts.newId()}`;
    const { outcome, exchange } = await context.alerts.deliverer.exchange({ id, body: stored }, receiver, secrets);
    const body = receiver.format === 'email' ? mailText(stored) : stored;
    return {
      ...exchange,
      requestHeaders: { ...exchange.requestHeaders },
      delivered: isAccepted(outcome),
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

/** Whether a change was made of the stored receiver. `revision`: null if there must be none, undefined if any is replaced. */
function isRead(stored: KnownReceiver | null, revision: string | null | undefined): boolean {
  return revision === undefined || revision === (stored === null ? null : revisionOfReceiver(stored));
}

/** `stored`: what is stored instead of the receiver that was read. */
function changedMeanwhile(id: string, stored: KnownReceiver | null, revision: string | null | undefined): ProblemError {
  if (revision === null)
    return new ProblemError(
      'conflict',
      `There is a receiver ${id}. Nothing was saved. Choose another id, or change that receiver.`,
    );
  const what = stored === null ? 'deleted' : 'changed';
  return new ProblemError(
    'conflict',
    `Receiver ${id} was ${what} after it was read. Nothing was saved. Read it again, apply your change to it and save that.`,
  );
}

function receiverBody(known: KnownReceiver, { alerts }: Context) {
  const { headers, disabled, ...receiver } = known.receiver;
  const mark = alerts.managed('receiver', known.receiver.id);
  return {
    ...receiver,
    to: [...receiver.to],
    // An address that a file takes from elsewhere is a secret.
    url: mark?.references['url'] ?? shownUrl(known.receiver),
    headers: Object.keys(headers),
    enabled: disabled === null,
    disabled,
    revision: revisionOfReceiver(known),
    managed: managedBy(mark),
  };
}
