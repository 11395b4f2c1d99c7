/** Validates receivers of the API and merges them with what is stored. Pure. */
import type { z } from 'zod';
import type { receiverDocument } from '../../http/contract/receivers.ts';
import type { FieldError } from '../rules/documents.ts';
import type { KnownReceiver } from './receiver.ts';

type ReceiverDocument = z.infer<typeof receiverDocument>;

/**
 * Validation errors of a receiver beyond the schema; empty if it is valid. `known` is the stored receiver of the same id,
 * `blockReason` says why requests to a URL are blocked.
 */
export function receiverErrors(
  { url, format, template, routingKey }: ReceiverDocument,
  known: KnownReceiver | null,
  blockReason: (url: string) => string | null,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const reason = blockReason(url);
  if (reason !== null) errors.push({ field: 'url', message: reason });
  if (format === 'template' && template === null) {
    errors.push({ field: 'template', message: 'required for format template' });
  }
  if (format === 'pagerduty' && routingKey === null && (known?.secrets.routingKey ?? null) === null) {
    errors.push({ field: 'routingKey', message: 'required for format pagerduty' });
  }
  return errors;
}

/**
 * Converts an API document into a receiver. The API never returns headers and the routing key, so an empty one keeps the
 * stored value. `secret` is the signing secret of a new receiver.
 */
export function receiverOf(document: ReceiverDocument, known: KnownReceiver | null, secret: string): KnownReceiver {
  const { headers, routingKey, enabled, ...rest } = document;
  const secrets = known?.secrets ?? { signing: [{ secret, untilMs: null }], routingKey: null };
  return {
    receiver: {
      ...rest,
      headers: Object.keys(headers).length === 0 ? (known?.receiver.headers ?? {}) : headers,
      disabled: enabled ? null : 'by-hand',
    },
    secrets: { ...secrets, routingKey: routingKey ?? secrets.routingKey },
  };
}
