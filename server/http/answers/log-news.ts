/** What of a page of log lines was not on the page before, as server-sent events. */
import { createHash } from 'node:crypto';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FoundLine } from '../../storage/ports.ts';
import { logNewsText } from '../presentation/log-news.ts';
import { lineAnswer } from './log-list.ts';
import type { Shaped } from './shaped.ts';

/** More at once cannot be read; the search shows them. */
export const MOST_NEW = 200;
const KEY_BYTES = 12;

/** `known`: keys of the page before; null: all lines are known. */
export function logNews({ lines }: ReaderResult<'logs'>, known: readonly string[] | null): Shaped<string> {
  const keys = keysOf(lines);
  const before = known === null ? null : new Set(known);
  const fresh = lines.filter((_, at) => before?.has(keys[at] ?? '') === false);
  const sent = fresh.slice(0, MOST_NEW);
  const facts = { keys, sent: sent.length, notSent: fresh.length - sent.length };
  const events = sent.toReversed().map((line) => `event: line\ndata: ${JSON.stringify(lineAnswer(line))}\n\n`);
  return { body: logNewsText(facts, events), meta: null };
}

/** Lines that are equal in everything are told apart by their number. */
function keysOf(lines: readonly FoundLine[]): readonly string[] {
  const seen = new Map<string, number>();
  // The oldest first: newer ones may follow.
  const keys = lines
    .toReversed()
    .map(({ timestampMs, function: { account, region }, logGroup, logStream, message }) => {
      const key = createHash('sha256')
        .update(JSON.stringify([timestampMs, account, region, logGroup, logStream, message]))
        .digest('base64url')
        .slice(0, KEY_BYTES);
      const n = seen.get(key) ?? 0;
      seen.set(key, n + 1);
      return n === 0 ? key : `${key} ${n}`;
    });
  return keys.toReversed();
}
