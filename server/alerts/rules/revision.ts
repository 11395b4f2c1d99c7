/** Tells whether a rule, a receiver, a silence or the routing is still the one that somebody read and changed. */
import { createHash, createHmac } from 'node:crypto';
import type { KnownReceiver } from '../notify/receiver.ts';
import type { NamedSilence, Routing } from '../notify/routing.ts';
import { documentOf, documentOfRouting } from './documents.ts';
import type { Rule } from './rule.ts';

const REVISION_CHARS = 16;

/** The same for equal documents. A rule that was changed and changed back has its old one again. */
export function revisionOf(rule: Rule): string {
  return revisionOfText(JSON.stringify(documentOf(rule)));
}

/** The same for equal routes and inhibitions. */
export function revisionOfRouting(routing: Routing): string {
  return revisionOfText(JSON.stringify(documentOfRouting(routing)));
}

/** The same for equal silences. */
export function revisionOfSilence({ matchers, startsMs, endsMs, createdBy, comment }: NamedSilence): string {
  const given = matchers.map(({ name, value, isRegex, isEqual }) => [name, value, isRegex, isEqual]);
  return revisionOfText(JSON.stringify([given, startsMs, endsMs, createdBy, comment]));
}

/**
 * The same for equal receivers, with what the API hides of them. It is keyed with the signing secret, so that nothing hidden can be
 * guessed from it: a rotation changes it.
 */
export function revisionOfReceiver({ receiver, secrets }: KnownReceiver): string {
  const { id, name, url, format, template, headers, sendResolved, disabled } = receiver;
  // In an order of its own: a stored document has the order of its schema.
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fields = [id, name, url, format, template, sorted, sendResolved, disabled, secrets.routingKey];
  return createHmac('sha256', secrets.signing[0]?.secret ?? '')
    .update(JSON.stringify(fields))
    .digest('base64url')
    .slice(0, REVISION_CHARS);
}

function revisionOfText(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, REVISION_CHARS);
}
