/** Prefixes that tools put before a log event's message: time, log stream and log group, in the orders that are in use. */
import { isPlatformLine, parsePlatformLine } from '../lines/platform-line.ts';
import { isEpochMs, logTimeEnd } from '../records/time.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime, readTimeText, TIME, timeMsAt } from './event-time.ts';
import { STREAM } from './export-event.ts';
import { hiddenLineAt, TIMED_OUT } from './hidden-line.ts';
import { readNamedDate } from './local-date.ts';
import type { HiddenLineProblem } from './tool-prefix.ts';
import { containerLabel, hiddenLineProblem, readCarriedLine } from './tool-prefix.ts';

export interface PrefixedLine extends EventTime {
  /** Log stream, or "". */
  readonly stream: string;
  /** Log group, or null. */
  readonly group: string | null;
  readonly message: string;
}

/** A line with its prefix, and why a platform line in its message is not read: null if there is none. */
export interface ReadLine extends PrefixedLine {
  readonly hidden: HiddenLineProblem | null;
}

/** Id of an event in CloudWatch Logs. */
const EVENT_ID = '\\d{56}';

/** Named groups: time, stream, group; the message is what follows. */
const prefixes = (...sources: readonly string[]): readonly RegExp[] => sources.map((source) => new RegExp(source));
/** The most specific first, by what a line begins with: other lines cost next to nothing. */
const BY_DAY_PATH = prefixes(
  // sam logs
  `^(?<stream>${STREAM})\\s(?<time>${TIME})\\s`,
);
const BY_GROUP = prefixes(
  // awslogs get --timestamp, and with --ingestion-time
  `^(?<group>/\\S{1,512})\\s(?<stream>${STREAM})\\s(?<time>${TIME})\\s(?:\\(?${TIME}\\)?\\s)?`,
  // awslogs get --no-stream --timestamp
  `^(?<group>/\\S{1,512})\\s(?<time>${TIME})\\s`,
);
const BY_BRACKET = prefixes(
  // saw, and others that put time and stream in brackets
  `^\\[(?<time>${TIME})\\]\\s\\((?<stream>${STREAM})\\)\\s?`,
  `^\\[(?<stream>${STREAM})\\]\\s\\[?(?<time>${TIME})\\]?\\s`,
  `^\\[(?<time>${TIME})\\]\\s`,
);
const BY_DATE = prefixes(
  // aws logs tail --format detailed
  `^(?<time>${TIME})\\s(?<stream>${STREAM})\\s`,
  // cw tail: time, group, stream and event id, each only if requested
  `^(?<time>${TIME})\\s-\\s(?:(?<group>\\S{1,512})\\s-\\s)?(?<stream>${STREAM})\\s-\\s(?:${EVENT_ID}\\s-\\s)?`,
  `^(?<time>${TIME})\\s-\\s(?:(?<group>/aws/\\S{1,507})\\s-\\s)?(?:${EVENT_ID}\\s-\\s)?`,
);
const NONE: readonly RegExp[] = [];

function candidates(line: string): readonly RegExp[] {
  const first = line.charCodeAt(0);
  if (first === 0x2f) return BY_GROUP;
  if (first === 0x5b) return BY_BRACKET;
  if (!isDigit(first)) return NONE;
  const fifth = line.charCodeAt(4);
  if (fifth === 0x2d) return BY_DATE;
  return fifth === 0x2f ? BY_DAY_PATH : NONE;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The request id that Node prints after its time; `undefined` during the init. */
const OWN_ID = /^(?:undefined|[0-9a-f]{8}-[0-9a-f-]{27})\t/;
const EPOCH = /^(\d{9,19}(?:\.\d{1,9})?)[\t,]\s?/;
const TIMED = new RegExp(`^(${TIME})([\\t ])`);

/** Characters of the shortest line with a time before it, or of Lambda's: nine digits and a separator, or `LOGS Name:`. */
export const SHORTEST_LINE = 10;

/** Reads the prefix of a line; null when the line has none. */
export function readPrefixedLine(line: string): ReadLine | null {
  const plain = readDatedPrefix(line);
  const own = plain === undefined ? readOwnPrefix(line) : plain;
  const begin = own === null ? -1 : hiddenLineAt(own.message);
  const hidden = own === null ? null : hiddenLineProblem(own.message, true, begin);
  if (own !== null && hidden === null) return own;
  const named = own === null ? readNamedDate(line) : null;
  // Further lines of an application's event may begin with a date.
  if (named !== null && isPlatformLine(line.slice(named.end))) {
    const { timestampMs, end } = named;
    return { timestampMs, isConverted: false, stream: '', group: null, message: line.slice(end), hidden: null };
  }
  const isKnown = plain === own && own !== null && !MAY_END_TIMED.test(own.message);
  const carried = isKnown ? readCarriedLine(line, line.length - own.message.length + begin) : readCarriedLine(line);
  if (carried === null) return own === null ? null : { ...own, hidden };
  const { timestampMs, isConverted, stream, message } = carried;
  return { timestampMs, isConverted, stream, group: null, message, hidden: null };
}

/** Further words of a line that begins with its time, such as `TIME ID Task timed out after`: those are searched for in the whole line. */
const MAY_END_TIMED = /^(?:\S{1,256}\s)?(?:Task|ERROR|FATAL)/;

/**
 * The line without the label of its container: where a line of its own follows, or where the line before had the same label
 * (`known`).
 */
export function withoutLabel(line: string, known: string): string {
  const label = containerLabel(line);
  if (label === '') return line;
  const rest = line.slice(label.length);
  return label === known || readPrefixedLine(rest) !== null || isPlatformLine(rest) ? rest : line;
}

const [TAB, SPACE, QUOTE, COMMA, MINUS, SLASH, ZERO, DELETE] = [0x09, 0x20, 0x22, 0x2c, 0x2d, 0x2f, 0x30, 0x7f];
/** Digits of every possible time in milliseconds. */
const MS_DIGITS = 13;
/** Longer lines are no timeouts. */
const TIMEOUT_CHARS = 512;

/**
 * A line that begins with a time and has no other part of a prefix after it, the usual one: read by its characters. `undefined`
 * if it must be read by the expressions.
 */
function readDatedPrefix(line: string): ReadLine | null | undefined {
  if (line.charCodeAt(4) !== MINUS || !isDigit(line.charCodeAt(0))) return undefined;
  const end = logTimeEnd(line, 0);
  if (end === -1) return null;
  const separator = line.charCodeAt(end);
  const next = line.charCodeAt(end + 1);
  if (separator !== SPACE && separator !== TAB) return undefined;
  // A stream may follow, or the dashes of cw.
  if (next === MINUS || (isDigit(next) && line.charCodeAt(end + 5) === SLASH)) return undefined;
  const timestampMs = timeMsAt(line, 0, end);
  if (line.length <= TIMEOUT_CHARS && line.includes(TIMED_OUT)) {
    // A platform line that contains a time, not a time before a line.
    if (!parsePlatformLine(line).ok) return undefined;
    return timestampMs === null ? null : plainLine(timestampMs, line);
  }
  if (timestampMs === null) return null;
  const rest = line.slice(end + 1);
  const isOwn = separator === TAB && OWN_ID.test(rest);
  return plainLine(timestampMs, isOwn ? line : rest);
}

function plainLine(timestampMs: number, message: string): ReadLine {
  return { timestampMs, isConverted: false, stream: '', group: null, message, hidden: null };
}

const STREAM_ALONE = new RegExp(`^${STREAM}$`);

/** A line that begins with a stream and a time, a blank after each: read by its parts. Null if it must be read by the expressions. */
function readStreamAndTime(line: string): ReadLine | null {
  const blank = line.indexOf(' ');
  const end = blank === -1 ? -1 : logTimeEnd(line, blank + 1);
  if (end === -1 || line.charCodeAt(end) !== SPACE) return null;
  const stream = line.slice(0, blank);
  const timestampMs = STREAM_ALONE.test(stream) ? timeMsAt(line, blank + 1, end) : null;
  if (timestampMs === null) return null;
  return { timestampMs, isConverted: false, stream, group: null, message: line.slice(end + 1), hidden: null };
}

/** Thirteen digits of an epoch in milliseconds, a TAB or comma, and a character that is no blank or quote: read by them. Null for any other line. */
function readPlainEpoch(line: string): ReadLine | null {
  const separator = line.charCodeAt(MS_DIGITS);
  if ((separator !== TAB && separator !== COMMA) || !isPrintable(line.charCodeAt(MS_DIGITS + 1))) return null;
  let timestampMs = 0;
  for (let at = 0; at < MS_DIGITS; at += 1) {
    const code = line.charCodeAt(at);
    if (!isDigit(code)) return null;
    timestampMs = timestampMs * 10 + code - ZERO;
  }
  return isEpochMs(timestampMs) ? plainLine(timestampMs, line.slice(MS_DIGITS + 1)) : null;
}

/** Whether the character is one of ASCII, and neither a blank nor a quote. */
function isPrintable(code: number): boolean {
  return code > SPACE && code < DELETE && code !== QUOTE;
}

function readOwnPrefix(line: string): ReadLine | null {
  if (line.charCodeAt(4) === SLASH) {
    const read = readStreamAndTime(line);
    if (read !== null) return read;
  }
  for (const prefix of candidates(line)) {
    const match = prefix.exec(line);
    const timestampMs = match === null ? null : readTimeText(match.groups?.['time'] ?? '');
    if (match !== null && timestampMs !== null) {
      const { stream = '', group = null } = match.groups ?? {};
      return { timestampMs, isConverted: false, stream, group, message: line.slice(match[0].length), hidden: null };
    }
  }
  const first = line.charCodeAt(0);
  // Only a JSON record and a line that begins with its time have one of their own.
  if (!isDigit(first) && first !== 0x7b && first > 0x20) return null;
  const plainEpoch = readPlainEpoch(line);
  if (plainEpoch !== null) return plainEpoch;
  const epoch = EPOCH.exec(line);
  if (epoch !== null) {
    const time = readEventTime(epoch[1]);
    if (time === null) return null;
    const { timestampMs, isConverted } = time;
    const rest = line.slice(epoch[0].length);
    const message = rest.startsWith('"') ? rest.replace(/^"([\s\S]*?)"?$/, '$1') : rest;
    return { timestampMs, isConverted, stream: '', group: null, message, hidden: null };
  }
  // "TIME ID Task timed out" is a platform line that contains a time, not a time before a line.
  const whole = parsePlatformLine(line);
  if (whole.ok) {
    const time = whole.time === null ? null : readTimeText(whole.time);
    return time === null
      ? null
      : { timestampMs: time, isConverted: false, stream: '', group: null, message: line, hidden: null };
  }
  const timed = TIMED.exec(line);
  const timestampMs = timed === null ? null : readTimeText(timed[1] ?? '');
  if (timed === null || timestampMs === null) return null;
  const rest = line.slice(timed[0].length);
  // Node's own prefix is time, TAB, request id: the line is its own message.
  const own = timed[2] === '\t' && OWN_ID.test(rest);
  return { timestampMs, isConverted: false, stream: '', group: null, message: own ? line : rest, hidden: null };
}
