/** Reads subscription messages of CloudWatch Logs: data, control messages (heartbeats), or a reason for a dead letter. */

import type { ErrorDelivery } from '../records/batch.ts';
import { SIMULATED_ACCOUNT } from '../records/demo-scope.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import { integer } from '../text/quantities.ts';
import { hasContradiction } from '../text/repeated-members.ts';
import { readEventTime } from './event-time.ts';
import { limits } from './limits.ts';
import type { Unreadable } from './parsed-upload.ts';

export interface StreamEvents {
  readonly identity: StreamIdentity;
  readonly events: readonly LogEvent[];
}

export interface DataMessage {
  readonly kind: 'data';
  readonly streams: readonly StreamEvents[];
  /** Events whose time was in another unit than milliseconds. */
  readonly converted: number;
  /** Events without a message. */
  readonly skipped: number;
  /** Events without a possible time. */
  readonly untimed: number;
  /** Events of more accounts and regions than one message may name. */
  readonly beyond: number;
  readonly errors: ErrorDelivery;
}

export type Message =
  | { readonly kind: 'control' }
  | DataMessage
  | { readonly kind: 'rejected'; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

/**
 * Whether the text of a message states one of its own members twice, with different values. Members before the events and after
 * them are few, and another list of events is searched for: the whole text is read only if there is one.
 */
export function contradictsItself(text: string, document: unknown): boolean {
  const first = text.indexOf(EVENTS_MEMBER);
  if (first === -1) return false;
  const ends = text.slice(0, first) + text.slice(text.lastIndexOf(']'));
  const isRepeated = (member: string, whole: string): boolean => whole.indexOf(member) !== whole.lastIndexOf(member);
  const mayRepeat = text.includes(EVENTS_MEMBER, first + 1) || OWN_MEMBERS.some((member) => isRepeated(member, ends));
  return mayRepeat && hasContradiction(text, document);
}

const EVENTS_MEMBER = '"logEvents"';
const OWN_MEMBERS = ['"messageType"', '"owner"', '"logGroup"', '"logStream"', '"subscriptionFilters"'];

/** Facts about the message that only its envelope contains. */
export interface EnvelopeContext {
  readonly region: string;
  /** Names of filters whose pattern is declared to pass the errors that runtimes report. Default: none. */
  readonly errorFilters?: readonly string[];
  /** The message is a dead letter of this product: names that were not known are empty in it. */
  readonly replays?: boolean;
}

/** Validates one decoded document. `extractedFields` override account and region of each event. */
export function readMessage(document: unknown, envelope: EnvelopeContext): Message {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { kind: 'rejected', reason: 'not-a-subscription-message' };
  }
  const message = document as Json;
  const type = message['messageType'];
  if (type === 'CONTROL_MESSAGE') return { kind: 'control' };
  if (type === undefined) return { kind: 'rejected', reason: 'not-a-subscription-message' };
  if (type !== 'DATA_MESSAGE') return { kind: 'rejected', reason: 'unknown-message-type' };
  const owner = message['owner'];
  const logGroup = message['logGroup'];
  const logStream = message['logStream'];
  const isKnown = (name: unknown): name is string => isName(name) || (name === '' && envelope.replays === true);
  if (!isKnown(owner)) return { kind: 'rejected', reason: 'owner-missing' };
  if (!isKnown(logGroup)) return { kind: 'rejected', reason: 'log-group-missing' };
  if (!isKnown(logStream)) return { kind: 'rejected', reason: 'log-stream-missing' };
  const events = message['logEvents'];
  if (!Array.isArray(events)) return { kind: 'rejected', reason: 'log-events-missing' };
  const identity = { account: owner, region: envelope.region, logGroup, logStream };
  return {
    ...readEvents(events, identity),
    errors: errorDelivery(message['subscriptionFilters'], owner, envelope.errorFilters),
  };
}

/** Why events of the message were not read; empty if all were. */
export function unreadEvents(message: DataMessage): readonly Omit<Unreadable, 'text'>[] {
  const { untimed, skipped, beyond } = message;
  return [
    ...(untimed > 0 ? [{ reason: 'timestamp-impossible' }] : []),
    ...(skipped > 0 ? [{ reason: 'log-event-without-message' }] : []),
    ...(beyond > 0 ? [{ reason: 'too-many-accounts', n: beyond, detail: () => tooManyAccounts(message) }] : []),
  ];
}

function tooManyAccounts({ beyond, streams }: DataMessage): string {
  const events = streams.reduce((sum, stream) => sum + stream.events.length, beyond);
  return `logEvents: ${integer(beyond)} of ${integer(events)} events name accounts and regions beyond the first ${integer(limits.scopesPerMessage)} of the message, and were not read.`;
}

/**
 * What decides whether errors that runtimes report arrive with the message: the patterns of its filters, of which it states
 * the names alone. The product's own simulation sends everything.
 */
export function errorDelivery(filters: unknown, account: string, errorFilters: readonly string[] = []): ErrorDelivery {
  if (account === SIMULATED_ACCOUNT) return true;
  if (!Array.isArray(filters)) return [];
  const names = filters.filter(isName).slice(0, MOST_FILTERS);
  return names.map((name) => [name, errorFilters.includes(name)]);
}

/** CloudWatch Logs allows two filters of a log group and one of the account. */
const MOST_FILTERS = 16;

type ReadEvents = Omit<DataMessage, 'errors'>;

function readEvents(events: readonly unknown[], identity: StreamIdentity): ReadEvents {
  const own: { identity: StreamIdentity; events: LogEvent[] } = { identity, events: [] };
  const streams = new Map([[scopeKey(identity), own]]);
  let converted = 0;
  let skipped = 0;
  let untimed = 0;
  let beyond = 0;
  for (const raw of events) {
    const event = readEvent(raw);
    if (event === null) {
      skipped += 1;
      continue;
    }
    if (event === 'untimed') {
      untimed += 1;
      continue;
    }
    const stated = ownIdentity(identity, (raw as Json)['extractedFields']);
    let stream = stated === identity ? own : streams.get(scopeKey(stated));
    if (stream === undefined) {
      if (streams.size >= limits.scopesPerMessage) {
        beyond += 1;
        continue;
      }
      stream = { identity: stated, events: [] };
      streams.set(scopeKey(stated), stream);
    }
    if (event.isConverted) converted += 1;
    stream.events.push(event.event);
  }
  const found = [...streams.values()].filter((stream) => stream.events.length > 0);
  return { kind: 'data', streams: found, converted, skipped, untimed, beyond };
}

function scopeKey({ account, region }: StreamIdentity): string {
  return `${account}\n${region}`;
}

function ownIdentity(identity: StreamIdentity, extracted: unknown): StreamIdentity {
  if (typeof extracted !== 'object' || extracted === null) return identity;
  const account = (extracted as Json)['@aws.account'];
  const region = (extracted as Json)['@aws.region'];
  return {
    ...identity,
    account: isName(account) ? account : identity.account,
    region: isName(region) ? region : identity.region,
  };
}

/** Reads one event; null if it has no message. A message that is JSON instead of text is serialised. */
function readEvent(raw: unknown): { readonly event: LogEvent; readonly isConverted: boolean } | 'untimed' | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const record = raw as Json;
  const message = eventMessage(record['message']);
  if (message === null) return null;
  const id = typeof record['id'] === 'string' ? record['id'] : '';
  // Dead letters of version 0.1 name the time as the columns do.
  const timestamp = readEventTime(record['timestamp'] ?? record['timestampMs']);
  if (timestamp === null) return 'untimed';
  const { timestampMs, isConverted } = timestamp;
  return { event: { id, timestampMs, message }, isConverted };
}

/** Returns text unchanged and JSON serialised; null for anything else. */
export function eventMessage(value: unknown): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null) return null;
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= limits.nameChars;
}
