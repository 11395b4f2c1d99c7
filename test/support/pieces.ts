/** Deliveries of the same log events: whole or in pieces, by any way. */
import fc from 'fast-check';
import type { Subject } from './stored-rows.ts';
import type { StreamEvent, Way } from './ways.ts';
import { TRAITS, WAYS } from './ways.ts';

export const AT = { account: '123456789012', region: 'eu-west-1', logGroup: '/aws/lambda/f' };
export const WAY_NAMES = Object.keys(WAYS) as Way[];

export function deliver(subject: Subject, way: Way, events: readonly StreamEvent[]): void {
  if (events.length === 0) return;
  for (const batch of WAYS[way](events, AT)) subject.write(batch);
}

/** The way whose events say the most. */
export function best(ways: readonly Way[]): Way {
  const rank = (way: Way): number => (TRAITS[way].stream ? 2 : 0) + (TRAITS[way].exact ? 1 : 0);
  return ways.reduce((found, way) => (rank(way) > rank(found) ? way : found));
}

/** Lines of a delivery that brings only some, as filters, batches and time ranges cut them. */
const isStart = ({ message }: StreamEvent): boolean => /^START|platform\.start/.test(message);
const isReport = ({ message }: StreamEvent): boolean => /^REPORT|platform\.report/.test(message);
const PIECES = {
  starts: isStart,
  reports: isReport,
  faults: ({ message }) => /Task timed out|Runtime exited|Invoke Error|runtimeDone/.test(message),
  inits: ({ message }) => /INIT_|platform\.init/.test(message),
  extensions: ({ message }) => /EXTENSION|platform\.extension/.test(message),
  'all but starts': (event) => !isStart(event),
  'all but reports': (event) => !isReport(event),
  'odd ones': ({ id }) => Number(id.slice(-4)) % 2 === 1,
  'even ones': ({ id }) => Number(id.slice(-4)) % 2 === 0,
  'each third': ({ id }) => Number(id.slice(-4)) % 3 === 0,
} satisfies Record<string, (event: StreamEvent) => boolean>;

/**
 * A line of an error without a request id is of the invocation that its delivery shows open. So it comes only with the START
 * before it, which the whole has.
 */
export function linesOf(events: readonly StreamEvent[], lines: keyof typeof PIECES): readonly StreamEvent[] {
  return events.filter(PIECES[lines]).filter(({ message }) => !message.startsWith('[ERROR] '));
}

export const piece = fc.record({
  way: fc.constantFrom(...WAY_NAMES),
  lines: fc.constantFrom(...(Object.keys(PIECES) as (keyof typeof PIECES)[])),
  restart: fc.boolean(),
});
