/** Receivers of notifications: document, tests and previews. */
import * as z from 'zod';
import { id, managed, name, revision } from './alert-fields.ts';
import { emptyAnswer } from './common.ts';
import { declareRoutes } from './route.ts';

export const FORMATS = [
  ...(['native', 'alertmanager', 'slack', 'teams', 'discord'] as const),
  ...(['pagerduty', 'opsgenie', 'email', 'template'] as const),
] as const;
/** An address of ASCII without quotes, comments and lists (a subset of RFC 5321): no part of it can become a header. */
const mailAddress = z
  .string()
  .max(254)
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, {
    error: 'expected an e-mail address such as team@example.com',
  });
const receiverFields = {
  name,
  url: z
    .string()
    .max(2048)
    .default('')
    .describe(
      'Returned without its secret parts; sent back like that, it stays as it is. Another address drops headers and routing key. Empty for format email',
    ),
  to: z.array(mailAddress).max(50).default([]).describe('Addresses; only for format email, which is sent by SMTP'),
  format: z.enum(FORMATS).default('native'),
  template: z.string().max(16_384).nullable().default(null).describe('For format template; {{field}} is replaced'),
  sendResolved: z.boolean().default(true),
};
export const receiverDocument = z
  .strictObject({
    id,
    ...receiverFields,
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), z.string().regex(/^[\x20-\x7e]{0,1024}$/))
      .default({})
      .describe('Sent with each notification; never returned'),
    routingKey: z
      .string()
      .max(128)
      .nullable()
      .default(null)
      .describe('Integration key of PagerDuty, or API key of Opsgenie (GenieKey); never returned'),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'ReceiverUpdate' });
/** A document to save. */
export const savedReceiver = receiverDocument
  .extend({
    revision: revision
      .nullable()
      .optional()
      .describe(
        'That of the receiver which was read and changed, null for a new one: 409 if the stored receiver is another by now, or if there is one. Without it, whatever is stored is replaced',
      ),
  })
  .meta({ id: 'SavedReceiver' });
const receiver = z
  .object({
    id: z.string(),
    ...receiverFields,
    headers: z.array(z.string()).describe('Header names'),
    enabled: z.boolean(),
    disabled: z.enum(['by-hand', 'gone', 'failing']).nullable(),
    revision: revision.describe('Changes with the receiver, and with what is hidden of it'),
    managed,
  })
  .meta({ id: 'Receiver' });
export const receiverAnswer = receiver
  .extend({
    secret: z.string().nullable().describe('Signing secret, if this call created it; it is not shown again'),
  })
  .meta({ id: 'ReceiverWithSecret' });
export const receiversAnswer = z
  .object({
    items: z.array(receiver),
    nextCursor: z.null(),
    canSendMail: z
      .boolean()
      .describe('Whether the server has the settings of a mail server, which receivers of format email need'),
  })
  .meta({ id: 'ReceiverList' });

export const receiverParams = z.object({ id });

export const testAnswer = z
  .object({
    delivered: z.boolean(),
    requestHeaders: z.record(z.string(), z.string()),
    body: z.string(),
    status: z.number().int().nullable(),
    error: z.string().nullable(),
    answer: z.string().nullable(),
    tookMs: z.number(),
  })
  .meta({ id: 'ReceiverTest' });

export const previewBody = z
  .strictObject({
    format: z.enum(FORMATS),
    template: z.string().max(16_384).nullable().default(null),
  })
  .meta({ id: 'PreviewRequest' });
export const previewAnswer = z
  .object({
    type: z.string(),
    body: z.string().describe('Body of a test notification; of an e-mail, its subject and its text'),
    problem: z.string().nullable().describe('Why the body is not valid JSON; null if it is'),
  })
  .meta({ id: 'NotificationPreview' });

export type ReceiversAnswer = z.infer<typeof receiversAnswer>;
export type TestAnswer = z.infer<typeof testAnswer>;
export type PreviewAnswer = z.infer<typeof previewAnswer>;

export const receiverRoutes = declareRoutes({
  listReceivers: {
    method: 'get',
    path: '/api/v1/alerts/receivers',
    scope: 'edit',
    tag: 'Receivers',
    summary: 'List receivers without their secrets',
    answer: receiversAnswer,
  },
  saveReceiver: {
    method: 'put',
    path: '/api/v1/alerts/receivers/:id',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Create or replace a receiver; the signing secret of a new one is returned once',
    params: receiverParams,
    body: savedReceiver,
    answer: receiverAnswer,
    problems: ['conflict'],
  },
  deleteReceiver: {
    method: 'delete',
    path: '/api/v1/alerts/receivers/:id',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Delete a receiver and cancel its pending deliveries',
    params: receiverParams,
    answer: emptyAnswer,
    problems: ['not-found', 'conflict'],
  },
  rotateReceiverSecret: {
    method: 'post',
    path: '/api/v1/alerts/receivers/:id/rotate-secret',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Rotate the signing secret; the new one is returned once, and the old one stays valid for a day',
    params: receiverParams,
    answer: receiverAnswer,
    problems: ['not-found', 'conflict'],
  },
  testReceiver: {
    method: 'post',
    path: '/api/v1/alerts/receivers/:id/test',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Send a test notification and return the exchange',
    params: receiverParams,
    answer: testAnswer,
    problems: ['not-found'],
  },
  previewNotification: {
    method: 'post',
    path: '/api/v1/alerts/preview',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Render a test notification without sending it',
    body: previewBody,
    answer: previewAnswer,
  },
});
