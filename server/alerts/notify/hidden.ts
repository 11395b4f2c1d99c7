/** Hides the secrets of receivers in what the API returns. Pure. */
import type { Receiver, ReceiverSecrets } from './receiver.ts';

export const HIDDEN = '(hidden)';
/** Shorter values occur in ordinary words: an answer that repeats one is hidden as a whole. */
const SHORTEST_REPLACED = 4;

/** Chats whose addresses are secrets. */
const CHATS: ReadonlySet<Receiver['format']> = new Set(['slack', 'teams', 'discord']);

/** The address without its secret parts: anyone who knows a Slack, Teams or Discord address can post to it, and queries contain tokens. */
export function shownUrl({ url, format }: Pick<Receiver, 'url' | 'format'>): string {
  if (format === 'email') return '';
  // Only a damaged row has no valid address.
  if (!URL.canParse(url)) return HIDDEN;
  const parsed = new URL(url);
  if (CHATS.has(format)) return `${parsed.origin}/${HIDDEN}`;
  return parsed.search === '' && parsed.hash === '' ? url : `${parsed.origin}${parsed.pathname}?${HIDDEN}`;
}

/** The body of a notification without PagerDuty's keys: the current one, and those that were in use when it was written. */
export function shownBody(body: string, { routingKey }: Pick<ReceiverSecrets, 'routingKey'>): string {
  const hidden = body.replaceAll(/("routing_key"\s*:\s*)"(?:[^"\\]|\\.)*"/g, `$1"${HIDDEN}"`);
  return routingKey === null || routingKey === '' ? hidden : hidden.replaceAll(routingKey, HIDDEN);
}

/** The answer of a receiver without the secrets that it may repeat, in the forms in which servers repeat them. */
export function shownAnswer(
  answer: string,
  { url, headers }: Receiver,
  { signing, routingKey }: ReceiverSecrets,
): string {
  const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: url, search: '' };
  const parts = [pathname, search, ...pathname.split('/'), ...search.slice(1).split(/[&=]/)];
  const secrets = [
    ...Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;=:]+/), ...decoded(value)]),
    ...signing.flatMap(({ secret }) => [secret, secret.replace(/^whsec_/, '')]),
    ...(routingKey === null ? [] : [routingKey]),
    // Single steps of a path are words or tokens.
    ...parts.filter((part) => part.length >= 16),
  ];
  let shown = answer;
  const forms = [...new Set(secrets.filter((secret) => secret.trim() !== '').flatMap(formsOf))];
  // The longest first, so that no part of one remains.
  for (const form of forms.toSorted((a, b) => b.length - a.length)) {
    if (!shown.toLowerCase().includes(form.toLowerCase())) continue;
    if (form.length < SHORTEST_REPLACED) return `${HIDDEN}: the answer repeats the value of a header`;
    shown = replaceAnyCase(shown, form);
  }
  return shown;
}

/** User and password of basic authentication. */
function decoded(value: string): readonly string[] {
  const basic = /^Basic\s+([A-Za-z0-9+/]+)=*$/i.exec(value)?.[1];
  if (basic === undefined || basic.length % 4 === 1) return [];
  const text = atob(basic);
  return [text, text.slice(text.indexOf(':') + 1)];
}

function formsOf(secret: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
  const base64 = btoa(bytes).replace(/=+$/, '');
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const encoded = secret.length < SHORTEST_REPLACED ? [] : [base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), html, ...encoded];
}

function replaceAnyCase(text: string, form: string): string {
  const pattern = form.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(pattern, 'gi'), HIDDEN);
}
