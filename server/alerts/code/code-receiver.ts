/** Receivers of rule files: what is stored of them, and what of them is shown. Pure but for the new signing secret. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CodeReceiver } from '../../http/contract/alert-configuration.ts';
import { HIDDEN, shownUrl } from '../notify/hidden.ts';
import type { KnownReceiver } from '../notify/receiver.ts';
import { rotated } from '../notify/receiver.ts';
import { KEYED, receiverErrors, receiverOf } from '../notify/receiver-documents.ts';
import { isSecret } from '../notify/signature.ts';
import type { FieldError } from '../rules/documents.ts';
import type { Fields } from './fields.ts';
import { fieldsOf } from './fields.ts';

export interface CodeReceiverOptions {
  readonly blockReason: (url: string) => string | null;
  /** Whether e-mail can be sent. */
  readonly isMailConfigured: boolean;
  readonly newSecret: () => string;
  readonly nowMs: number;
}

export type CodeReceiverResult =
  | { readonly ok: true; readonly receiver: KnownReceiver }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

const NOT_KNOWN = `${HIDDEN} keeps a stored value, and none is stored; expected env:NAME, file:PATH or the value`;

/**
 * The receiver that a document describes. What it states is all there is of it: a header that it does not name is removed. A value of
 * `(hidden)`, as exports have it, is the stored one; without a `signingSecret` the stored one stays.
 */
export function codeReceiverOf(
  document: CodeReceiver,
  known: KnownReceiver | null,
  { blockReason, isMailConfigured, newSecret, nowMs }: CodeReceiverOptions,
): CodeReceiverResult {
  const { signingSecret, ...given } = document;
  const errors: FieldError[] = [];
  const kept = (field: string, value: string | null | undefined): string => {
    if (value === null || value === undefined) errors.push({ field, message: NOT_KNOWN });
    return value ?? '';
  };
  const isShownUrl = given.url.includes(HIDDEN);
  const url = isShownUrl
    ? kept('url', known !== null && given.url === shownUrl(known.receiver) ? known.receiver.url : null)
    : given.url;
  const headers = Object.fromEntries(
    Object.entries(given.headers).map(([name, value]) => [
      name,
      value === HIDDEN ? kept(`headers.${name}`, known?.receiver.headers[name]) : value,
    ]),
  );
  const routingKey =
    given.routingKey === HIDDEN ? kept('routingKey', known?.secrets.routingKey) : (given.routingKey ?? null);
  if (signingSecret !== null && signingSecret !== HIDDEN && !isSecret(signingSecret))
    errors.push({ field: 'signingSecret', message: 'expected whsec_ and 24 to 64 bytes in base64' });
  const whole = { ...given, url, headers, routingKey };
  if (errors.length > 0) return { ok: false, errors };
  errors.push(...receiverErrors(whole, known, blockReason, isMailConfigured));
  if (KEYED.has(whole.format) && routingKey === null && !errors.some(({ field }) => field === 'routingKey'))
    errors.push({ field: 'routingKey', message: `required for format ${whole.format}` });
  if (errors.length > 0) return { ok: false, errors };
  const { receiver, secrets } = receiverOf(whole, known, newSecret());
  const merged = { receiver: { ...receiver, headers }, secrets: { ...secrets, routingKey } };
  const next = signingSecret ?? HIDDEN;
  if (next === HIDDEN || isSame(next, secrets.signing[0]?.secret ?? '')) return { ok: true, receiver: merged };
  const signing = known === null ? [{ secret: next, untilMs: null }] : rotated(merged.secrets, next, nowMs).signing;
  return { ok: true, receiver: { ...merged, secrets: { ...merged.secrets, signing } } };
}

/** Compares in constant time. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

type References = Readonly<Record<string, string>>;

/** Fields of a receiver as they are shown: secrets by their references, or hidden. Null as the API states it. */
export function shownReceiver({ receiver, secrets }: KnownReceiver, references: References): Record<string, unknown> {
  const { id, disabled, url: _, headers, ...rest } = receiver;
  const { signing: __, ...keys } = secrets;
  const shownKeys = Object.entries(keys).map(([name, value]) => [
    name,
    references[name] ?? (value === null || value === undefined ? null : HIDDEN),
  ]);
  return {
    id,
    ...rest,
    url: references['url'] ?? shownUrl(receiver),
    headers: Object.fromEntries(
      Object.keys(headers)
        .toSorted()
        .map((name) => [name, references[`headers.${name}`] ?? HIDDEN]),
    ),
    ...Object.fromEntries(shownKeys),
    signingSecret: references['signingSecret'] ?? null,
    enabled: disabled === null,
  };
}

/** Fields with their secret values, to compare; never shown. */
export function actualReceiver({ receiver, secrets }: KnownReceiver): Fields {
  const { disabled, ...rest } = receiver;
  const { signing, ...keys } = secrets;
  return fieldsOf({ ...rest, ...keys, signingSecret: signing[0]?.secret ?? null, enabled: disabled === null });
}
