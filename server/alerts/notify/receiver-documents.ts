/** Validates receivers of the API and merges them with what is stored. Pure. */
import type * as z from 'zod';
import type { receiverDocument } from '../../http/contract/receivers.ts';
import type { FieldError } from '../rules/documents.ts';
import { shownUrl } from './hidden.ts';
import type { KnownReceiver } from './receiver.ts';
import { templateProblem } from './sample-notification.ts';

type ReceiverDocument = z.infer<typeof receiverDocument>;

/**
 * Headers of the connection and of the body, without which no request can be sent, and those that each notification has. `Host` is
 * that of the address, which was checked.
 */
const OWN_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/**
 * Validation errors of a receiver beyond the schema; empty if it is valid. `known` is the stored receiver of the same id,
 * `blockReason` says why requests to a URL are blocked, `isMailConfigured` whether the server knows a mail server.
 */
export function receiverErrors(
  document: ReceiverDocument,
  known: KnownReceiver | null,
  blockReason: (url: string) => string | null,
  isMailConfigured: boolean,
): readonly FieldError[] {
  const { format, template, routingKey, headers } = document;
  const errors: FieldError[] = [];
  const reason = format === 'email' ? null : blockReason(keptUrl(document, known) ?? document.url);
  if (reason !== null) errors.push({ field: 'url', message: reason });
  errors.push(...mailErrors(document, isMailConfigured));
  if (format === 'template' && template === null) {
    errors.push({ field: 'template', message: 'required for format template' });
  }
  // One that was stored before templates were checked is kept with other changes.
  const keepsTemplate = known?.receiver.format === 'template' && known.receiver.template === template;
  const problem = format !== 'template' || template === null || keepsTemplate ? null : templateProblem(template);
  if (problem !== null) errors.push({ field: 'template', message: problem });
  for (const header of Object.keys(headers)) {
    if (OWN_HEADERS.has(header.toLowerCase())) {
      errors.push({ field: `headers.${header}`, message: 'is set by the server and cannot be chosen' });
    }
  }
  const names = Object.keys(headers).map((header) => header.toLowerCase());
  for (const [at, header] of Object.keys(headers).entries()) {
    if (names.indexOf(header.toLowerCase()) < at)
      errors.push({ field: `headers.${header}`, message: 'appears twice: the case of letters does not matter' });
  }
  const keptKey = keptUrl(document, known) === null ? null : (known?.secrets.routingKey ?? null);
  if (KEYED.has(format) && routingKey === null && keptKey === null) {
    errors.push({ field: 'routingKey', message: `required for format ${format}` });
  }
  if (format === 'opsgenie' && routingKey !== null && !/^[\x21-\x7e]+$/.test(routingKey)) {
    errors.push({ field: 'routingKey', message: 'expected a key of letters, digits and punctuation of ASCII' });
  }
  return errors;
}

/** Formats that need a key besides the address. */
export const KEYED: ReadonlySet<ReceiverDocument['format']> = new Set(['pagerduty', 'opsgenie']);

function mailErrors({ format, url, to, enabled }: ReceiverDocument, isMailConfigured: boolean): readonly FieldError[] {
  if (format !== 'email')
    return to.length === 0 ? [] : [{ field: 'to', message: 'only for format email: expected no addresses' }];
  const errors: FieldError[] = [];
  if (url !== '') errors.push({ field: 'url', message: 'expected no URL for format email: the addresses are in `to`' });
  if (to.length === 0)
    errors.push({ field: 'to', message: 'required for format email: expected at least one address' });
  if (new Set(to.map((address) => address.toLowerCase())).size < to.length)
    errors.push({ field: 'to', message: 'expected each address once' });
  if (enabled && !isMailConfigured)
    errors.push({
      field: 'format',
      message: 'the server cannot send e-mail yet: set THERMOCLINE_SMTP_URL and THERMOCLINE_SMTP_FROM',
    });
  return errors;
}

/** The stored address if the document names it, in full or as it is shown; null if the address is another one. */
function keptUrl({ url }: ReceiverDocument, known: KnownReceiver | null): string | null {
  if (known === null) return null;
  return url === known.receiver.url || url === shownUrl(known.receiver) ? known.receiver.url : null;
}

/**
 * Converts an API document into a receiver. The API never returns headers, the routing key and secret parts of the address, so
 * an empty or hidden one keeps the stored value; but nothing hidden is sent to an address that changed. `secret` is the
 * signing secret of a new receiver.
 */
export function receiverOf(document: ReceiverDocument, known: KnownReceiver | null, secret: string): KnownReceiver {
  const { headers, routingKey, enabled, ...rest } = document;
  const secrets = known?.secrets ?? { signing: [{ secret, untilMs: null }], routingKey: null };
  const url = keptUrl(document, known);
  return {
    receiver: {
      ...rest,
      url: url ?? document.url,
      headers: Object.keys(headers).length === 0 && url !== null ? (known?.receiver.headers ?? {}) : headers,
      disabled: enabled ? null : 'by-hand',
    },
    secrets: { ...secrets, routingKey: routingKey ?? (url === null ? null : secrets.routingKey) },
  };
}
