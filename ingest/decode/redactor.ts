/** Redacts what a decoded request stores of log lines: lines, errors, dead letters, and texts of documents. */
import type { StoredTexts } from '../batch/stored-texts.ts';
import { divideEvent } from '../lines/divide-event.ts';
import { holdsFurtherLine, isPlatformLine, parsePlatformLine } from '../lines/platform-line.ts';
import { parseRuntimeError } from '../lines/runtime-error.ts';
import type { FaultLine, RuntimeError } from '../records/fault-line.ts';
import type { LogEvent } from '../records/log-event.ts';
import type { MetricStatistics } from '../records/metric.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import type { CompiledRules } from '../redaction/redact.ts';
import { compileRules, replaced } from '../redaction/redact.ts';
import type { Finding, FindMatches, RedactionRules } from '../redaction/rules.ts';
import { marker } from '../redaction/rules.ts';

/** Each set of rules is compiled once per thread. */
const compiled = new Map<string, Promise<CompiledRules>>();

/** Compiles rules; null if there are none. */
export async function redactionOf(rules: RedactionRules | null | undefined): Promise<CompiledRules | null> {
  if (rules === null || rules === undefined) return null;
  const key = JSON.stringify(rules);
  const known = compiled.get(key) ?? compile(rules);
  compiled.set(key, known);
  return known;
}

async function compile(rules: RedactionRules): Promise<CompiledRules> {
  // RE2 is loaded where it is needed.
  const isNeeded = Object.keys(rules.expressions).length > 0;
  const expressions = isNeeded ? (await import('./redaction-expressions.ts')).compileExpression : noExpressions;
  return compileRules(rules, expressions);
}

function noExpressions(): FindMatches {
  throw new RangeError('unreachable');
}

/** Times that the parts of a platform line are tried: each is read again. */
const MOST_TRIES = 128;

/**
 * Parts of a line that are replaced. In a line of the Lambda service, those that would change what it says are not: figures, request ids,
 * versions. Texts of errors in it are.
 */
export function lineFindings(rules: CompiledRules, line: string): readonly Finding[] {
  const found = rules.find(line);
  if (found.length === 0 || !isPlatformLine(line)) return found;
  const meaning = meaningOf(line);
  let tries = 0;
  const harmless = (some: readonly Finding[]): readonly Finding[] => {
    tries += 1;
    // A line that is made to hold more of them is no platform line.
    if (tries > MOST_TRIES || meaningOf(replaced(line, some)) === meaning) return some;
    const half = some.length >>> 1;
    return half === 0 ? [] : [...harmless(some.slice(0, half)), ...harmless(some.slice(half))];
  };
  return harmless(found);
}

/** Lines that are kept in mind until they are stored. */
const MOST_EARLY = 1000;

/** Members of a platform line that are texts of the function. */
const TEXTS: ReadonlySet<string> = new Set(['errorMessage', 'stack', 'unknownKeys']);

function meaningOf(line: string): string {
  const parts = holdsFurtherLine(line) ? divideEvent({ message: line, timestampMs: 0 }) : [];
  const read = [line, ...parts.map(({ message }) => message)].map((message) => parsePlatformLine(message));
  return JSON.stringify(read, (key, value: unknown) => (TEXTS.has(key) ? null : value));
}

/** Redacts the texts of one request, and counts what was replaced. */
export class Redactor implements StoredTexts {
  readonly #rules: CompiledRules;
  readonly #counts = new Map<string, number>();
  /** Lines that were redacted for an error or a dead letter, and may be stored as lines as well: they count once. */
  readonly #early = new Map<string, string>();

  constructor(rules: CompiledRules) {
    this.#rules = rules;
  }

  /** Replaced parts by rule. */
  counts(): readonly (readonly [rule: string, n: number])[] {
    return [...this.#counts];
  }

  /** The events as they are stored; the same array if nothing is replaced. */
  events(events: readonly LogEvent[]): readonly LogEvent[] {
    let stored: LogEvent[] | null = null;
    let at = 0;
    for (const event of events) {
      const known = this.#early.get(event.message);
      if (known !== undefined) this.#early.delete(event.message);
      const message = known ?? this.#redact(event.message);
      if (message !== event.message) {
        stored ??= [...events];
        stored[at] = { ...event, message };
      }
      at += 1;
    }
    this.#early.clear();
    return stored ?? events;
  }

  /** A line of which something is stored beside the line itself. */
  line(message: string): string {
    const known = this.#early.get(message);
    if (known !== undefined) return known;
    const stored = this.#redact(message);
    if (this.#early.size >= MOST_EARLY) this.#early.clear();
    this.#early.set(message, stored);
    return stored;
  }

  /** The error that was read from the line, with its texts as they are stored. */
  error(line: string, error: RuntimeError): RuntimeError {
    const stored = this.line(line);
    if (stored === line) return error;
    const platform = parsePlatformLine(stored);
    const again =
      platform.ok && platform.line.kind === 'lambda-warning' ? platform.line.error : parseRuntimeError(stored);
    const texts = again ?? {
      errorType: this.#field('errorType', error.errorType),
      errorMessage: this.#field('errorMessage', error.errorMessage),
      stack: this.#text(error.stack.join('\n')).split('\n'),
    };
    return { ...error, errorType: texts.errorType, errorMessage: texts.errorMessage, stack: texts.stack };
  }

  /** Like {@link error}, for a fault that the Lambda service reported. */
  fault(line: string, fault: FaultLine): FaultLine {
    const stored = this.line(line);
    if (stored === line) return fault;
    return {
      ...fault,
      errorType: this.#field('errorType', fault.errorType),
      errorMessage: this.#field('errorMessage', fault.errorMessage),
    };
  }

  /** Texts that users put into documents. */
  record(record: TelemetryRecord): TelemetryRecord | null {
    if (record.kind === 'metric-statistics') return this.#statistics(record);
    if (record.kind === 'gateway-request') return { ...record, route: this.#field('route', record.route) };
    if (record.kind !== 'trace-segment') return record;
    const annotations = Object.entries(record.annotations).map(([key, value]) => [
      key,
      typeof value === 'string' ? this.#field(key, value) : this.#rules.ruleOf(key) === null ? value : this.#whole(key),
    ]);
    return { ...record, annotations: Object.fromEntries(annotations) };
  }

  /** Two metrics that differ in what was replaced would be one, whose points replace each other. */
  #statistics(record: MetricStatistics): MetricStatistics | null {
    const { namespace, name, dimensions } = record;
    const isAsSent = [namespace, name].every((text) => this.#text(text) === text);
    const areAsSent = dimensions.every(([own, value]) => this.#text(own) === own && this.#field(own, value) === value);
    return isAsSent && areAsSent ? record : null;
  }

  /** Platform lines in a dead letter keep what they say, so that it can be replayed. */
  payload(payload: string | Uint8Array): string {
    const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
    // Bytes that are no text cannot be searched for what must not be kept.
    if (typeof payload !== 'string' && (text.includes('\ufffd') || text.includes('\0'))) return UNREADABLE;
    const readable = text.replaceAll(ENCODED, UNREADABLE);
    return this.#document(readable) ?? this.#lines(readable);
  }

  detail(text: string): string {
    return this.#text(text);
  }

  #lines(text: string): string {
    const lines = text.split('\n');
    if (!lines.some((line) => isPlatformLine(line))) return this.#redact(text);
    return lines.map((line) => this.#redact(line)).join('\n');
  }

  /** A subscription message with its texts redacted, but those by which it can be replayed; null for other texts. */
  #document(text: string): string | null {
    if (!text.includes('"logEvents"')) return null;
    try {
      let isChanged = false;
      const document = JSON.stringify(JSON.parse(text), (key, value: unknown) => {
        const stored = this.#member(key, value);
        isChanged ||= stored !== value;
        return stored;
      });
      return isChanged ? document : text;
    } catch {
      return null;
    }
  }

  /** CloudWatch Logs copies fields of a line beside it, and a sender may add what it likes. */
  #member(key: string, value: unknown): unknown {
    if (ENVELOPE.has(key) || (key === 'id' && typeof value === 'string' && EVENT_ID.test(value))) return value;
    if (typeof value === 'string') return key === 'message' ? this.line(value) : this.#field(key, value);
    return value === null || this.#rules.ruleOf(key) === null ? value : this.#whole(key);
  }

  #field(key: string, text: string | null): string | null {
    if (text === null) return null;
    return this.#rules.ruleOf(key) === null ? this.#text(text) : this.#whole(key);
  }

  #whole(key: string): string {
    const rule = this.#rules.ruleOf(key) ?? '';
    this.#count(rule);
    return marker(rule);
  }

  #text(text: string): string {
    return replaced(text, this.#counted(this.#rules.find(text)));
  }

  #redact(line: string): string {
    return replaced(line, this.#counted(lineFindings(this.#rules, line)));
  }

  #counted(found: readonly Finding[]): readonly Finding[] {
    for (const { rule } of found) this.#count(rule);
    return found;
  }

  #count(rule: string): void {
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
  }
}

/** Members of a subscription message that say where its lines are from, and when. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'messageType',
  'owner',
  'logGroup',
  'logStream',
  'policyLevel',
  'logEvents',
  'timestamp',
  '@aws.account',
  '@aws.region',
]);
const EVENT_ID = /^\d{1,64}$/;

/** Base64, as records of Firehose and events of forwarders are sent. */
const ENCODED = /[\w+/-]{128,}={0,2}/g;
const UNREADABLE = '[redacted:unreadable]';
