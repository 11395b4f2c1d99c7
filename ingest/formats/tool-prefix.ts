/**
 * What tools that carry a log put around the time of each line: names of containers, pods, processes and files, numbers of
 * lines, a second time. Only prefixes of known tools are taken off. A platform line behind anything else may be quoted by an
 * application, so it is reported instead of read.
 */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { logTimeEnd } from '../records/time.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime, TIME, timeMsAt } from './event-time.ts';
import { STREAM } from './export-event.ts';
import { hiddenLineAt, PREFIX_CHARS } from './hidden-line.ts';

/** A line, and what a tool put before it. */
export interface CarriedLine extends EventTime {
  /** Log stream, or "". */
  readonly stream: string;
  readonly message: string;
}

/** Characters between a time and a platform line that may still be a prefix. */
const SHORT = 120;

/** A time, epoch milliseconds in brackets, or epoch seconds with a fraction. */
const TOOL_TIME = String.raw`(?:\[?${TIME}\]?|\[\d{13}\]|(?<![\w.])\d{10}\.\d{3,9}(?![\w.])):?`;
const EVERY_TIME = new RegExp(TOOL_TIME, 'g');

/** What a tool puts before the time. */
interface Label {
  /** The characters that it may begin with. */
  readonly begins: RegExp;
  /** A part of every such label. */
  readonly has: string;
  readonly form: RegExp;
}

const label = (begins: RegExp, has: string, form: RegExp): Label => ({ begins, has, form });

/** What tools put before the time, each as often as it is found. The most specific first. */
const LABELS: readonly Label[] = [
  // An outer time: docker, kubectl and GitHub Actions add their own before that of the line.
  label(/[[\d]/, '', new RegExp(String.raw`${TOOL_TIME}\s`, 'y')),
  label(/[(\d]/, '/', new RegExp(String.raw`\(?${STREAM}\)?\s`, 'y')),
  label(/\//, '/aws/', /\/aws\/\S{1,507}\s/y),
  // kubectl logs --prefix
  label(/\[/, '[pod/', /\[pod\/[^\]\s]{1,300}\]\s{1,4}/y),
  // docker compose logs, pm2 logs
  label(/[\w.@/$-]/, '| ', /(?:\d{1,5}\|)?[\w.@/$-]{1,200} {0,64}\| {1,4}/y),
  // Syslog by RFC 5424
  label(/</, '>1 ', /<\d{1,3}>1 /y),
  // journalctl -o short-full
  label(/[FMSTW]/, '', /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /y),
  // concurrently, nx; a level in brackets is an application's
  label(/\[/, '] ', /\[(?!(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\])[\w.:/@ -]{1,100}\] {1,4}/iy),
  // grep, with and without line numbers
  label(/[\w./@$#[\]-]/, ':', /(?=[^\s:]{0,300}[./])[\w./@$#[\]-]{1,300}:(?:\d{1,9}:)? ?/y),
  label(/[\w./@$[\]-]/, '.', /[\w./@$[\]-]{1,300}\.\w{1,10}-(?:\d{1,9}-)?/y),
  // cat -n, nl, less -N
  label(/[\s\d]/, '', /\s{0,16}\d{1,9}[\t :]\s{0,8}/y),
  // gh run view --log: job and step
  label(/[^\t]/, '\t', /[^\t]{1,100}\t[^\t]{1,100}\t\ufeff?/y),
  // turbo: package and task
  label(/[\w@./-]/, ': ', /[\w@./-]{1,100}[:#][\w-]{1,60}: /y),
  // Quotes and lists
  label(/[>*-]/, ' ', /[>*-] /y),
  // stern: pod and container
  label(/[a-z0-9.]/, '-', /(?=[a-z0-9.]{1,252}-)[a-z0-9][a-z0-9.-]{0,252} [a-z0-9][a-z0-9.-]{0,62} (?:\u203a )?/y),
];

/** Characters of ASCII; one that stands for all others is a blank, as some of them are. */
const [ASCII, OTHER_BLANK] = [0x80, 0xa0];
/** Those that may begin with each character of ASCII, and with another one. */
const LABELS_BY_FIRST = Array.from({ length: ASCII + 1 }, (_, code) =>
  LABELS.filter(({ begins }) => begins.test(String.fromCharCode(code === ASCII ? OTHER_BLANK : code))),
);
/** More labels than any tool puts before a line. */
const MOST_LABELS = 6;

/** What tools put between the time and the line. */
const AFTER_TIME = new RegExp(
  `^(?:${[
    String.raw`\s{0,4}`,
    String.raw`\s-\s`,
    // journalctl and syslog: host and process[pid]
    String.raw`\s[\w.:-]{1,255}\s[\w./@()-]{1,128}\[\d{1,10}\]:\s`,
    // Syslog by RFC 5424: host, application, process, message id, structured data
    String.raw`\s[\w.:-]{1,255}\s[\w./@-]{1,128}\s[\w./@-]{1,128}\s[\w./@-]{1,32}\s(?:-|\[[^\]]{0,200}\])\s`,
    // The container runtime interface of Kubernetes
    String.raw`\s(?:stdout|stderr)\sF\s`,
    // GitLab CI
    String.raw`\s\d\d[OE][ +]`,
    // chalice logs: the first digits of the environment
    String.raw`\s[0-9a-f]{6}\s`,
    // Cloud Foundry
    String.raw`\s\[[A-Z]{1,16}\/[\w./-]{1,60}\]\s(?:OUT|ERR)\s`,
    // Heroku and Fly
    String.raw`\s[\w-]{1,60}\[[\w.]{1,40}\]:?\s(?:[a-z]{3}\s)?(?:\[\w{1,10}\]\s?)?`,
    // docker service logs
    String.raw`\s[\w.@-]{1,200}\s{0,64}\|\s{1,4}`,
    // saw, and detailed tails behind another time
    String.raw`\s\(?${STREAM}\)?\s`,
  ].join('|')})$`,
);

/** Prefixes of the runtimes and of AWS's loggers: what follows is an application's. */
const APPLICATION = new RegExp(
  String.raw`${TIME}[\t ](?:undefined|[0-9a-f]{8}-[0-9a-f-]{27})[\t ]|^(?:undefined|[0-9a-f]{8}-[0-9a-f-]{27})[\t ]|["'{}=\x60]`,
);

const ANY_STREAM = new RegExp(STREAM);

/** Reads a platform line behind the prefix of a known tool; null for any other line. `at`: where it begins, or -1. */
export function readCarriedLine(line: string, at = hiddenLineAt(line)): CarriedLine | null {
  if (at === -1) return null;
  const head = line.slice(0, at);
  const message = line.slice(at);
  const last = lastTimeIn(head);
  const before = last === null ? head : head.slice(0, last.begin);
  const after = last === null ? '' : head.slice(last.end);
  // Before the time, for which a record is parsed.
  if (!isLabels(before) || !(after === ' ' || AFTER_TIME.test(after))) return null;
  const stated = ownTimeOf(message);
  const own = stated === null && last !== null ? timeIn(head, last) : readEventTime(stated);
  if (own === null) return null;
  const mayName = head.includes('[') && head.includes('/');
  const stream = mayName ? (ANY_STREAM.exec(head)?.[0].replace(/\)$/, '') ?? '') : '';
  return { timestampMs: own.timestampMs, isConverted: own.isConverted, stream, message };
}

/** Offsets of a time, and of the marks around it. */
interface TimeInHead {
  /** Whether it is a date and a time of day, of which the end was found by its characters. */
  readonly isDate: boolean;
  readonly begin: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

function timeIn(head: string, { isDate, from, to }: TimeInHead): EventTime | null {
  if (!isDate) return readEventTime(head.slice(from, to));
  const timestampMs = timeMsAt(head, from, to);
  return timestampMs === null ? null : { timestampMs, isConverted: false };
}

/** Ten digits of an epoch, a dot and three digits. */
const SHORTEST_TIME = 14;

function lastTimeIn(head: string): TimeInHead | null {
  let last = timeAtStart(head);
  if (head.length - (last?.end ?? 0) < SHORTEST_TIME) return last;
  EVERY_TIME.lastIndex = last?.end ?? 0;
  for (let time = EVERY_TIME.exec(head); time !== null; time = EVERY_TIME.exec(head)) {
    const [text] = time;
    const begin = time.index;
    const end = begin + text.length;
    const mark = text.endsWith(':') ? 1 : 0;
    const bracket = text.endsWith(']', text.length - mark) ? 1 : 0;
    last = { isDate: false, begin, from: text.startsWith('[') ? begin + 1 : begin, to: end - mark - bracket, end };
  }
  return last;
}

/** The time that most heads begin with; null if the expression must look for it. */
function timeAtStart(head: string): TimeInHead | null {
  const to = logTimeEnd(head, 0);
  if (to === -1) return epochAtStart(head);
  const bracket = head.charCodeAt(to) === CLOSE_BRACKET ? to + 1 : to;
  return { isDate: true, begin: 0, from: 0, to, end: head.charCodeAt(bracket) === COLON ? bracket + 1 : bracket };
}

/** Digits of epoch seconds, of epoch milliseconds, and of the fraction of seconds. */
const [SECONDS_DIGITS, MS_DIGITS, LEAST_FRACTION, MOST_FRACTION] = [10, 13, 3, 9];

/** `1795888751.426` or `[1795888751426]`, and a blank. */
function epochAtStart(head: string): TimeInHead | null {
  const isBracketed = head.charCodeAt(0) === OPEN_BRACKET;
  const from = isBracketed ? 1 : 0;
  let to = afterDigits(head, from);
  if (isBracketed) {
    if (to - from !== MS_DIGITS || head.charCodeAt(to) !== CLOSE_BRACKET || head.charCodeAt(to + 1) !== BLANK)
      return null;
    return { isDate: false, begin: 0, from, to, end: to + 1 };
  }
  if (to !== SECONDS_DIGITS || head.charCodeAt(to) !== DOT) return null;
  const fraction = to + 1;
  to = afterDigits(head, fraction);
  if (to - fraction < LEAST_FRACTION || to - fraction > MOST_FRACTION || head.charCodeAt(to) !== BLANK) return null;
  return { isDate: false, begin: 0, from, to, end: to };
}

function afterDigits(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at;
}

const [BLANK, DOT, COLON, CLOSE_BRACKET] = [0x20, 0x2e, 0x3a, 0x5d];

const OPEN_BRACE = 0x7b;
const TIME_FIRST = new RegExp(`^${TIME}`);

/** The time that a platform line states itself: JSON records and those that begin with it have one. */
function ownTimeOf(message: string): string | null {
  const first = message.charCodeAt(0);
  if (first !== OPEN_BRACE && !(first >= 0x30 && first <= 0x39)) return null;
  const result = parsePlatformLine(message);
  return result.ok ? result.time : (TIME_FIRST.exec(message)?.[0] ?? null);
}

/**
 * Why the platform line behind a few characters of `text` is not read; null when there is none, or when the characters are a
 * runtime's or a logger's: then the line is an application's. `timed`: a time stands before `text`. `at`: where the line begins, or -1.
 * `isRead`: the line is read as an event of its own, which finds what is wrong with it.
 */
export function hiddenLineProblem(
  text: string,
  timed: boolean,
  at = hiddenLineAt(text),
  isRead = false,
): HiddenLineProblem | null {
  if (at === -1 || at > SHORT) return null;
  const head = text.slice(0, at);
  if (APPLICATION.test(head) || !(isRead || parsePlatformLine(text.slice(at)).ok)) return null;
  if (timed || lastTimeIn(head) !== null) return 'platform-line-behind-prefix';
  return INCOMPLETE_TIME.test(head) ? 'time-incomplete' : 'line-without-time';
}

export type HiddenLineProblem = 'platform-line-behind-prefix' | 'time-incomplete' | 'line-without-time';

/** A time of day beside no date, one without a year, or one in another form: journalctl's, syslog's and that of `cdk watch`. */
const INCOMPLETE_TIME = /(?<!\d)\d{1,2}:\d\d:\d\d(?!\d)/;

/** The label of a container or process that Docker Compose, PM2 or kubectl put at the start of the line, or "". */
export function containerLabel(line: string): string {
  const mayHave = line.charCodeAt(0) === OPEN_BRACKET ? line.startsWith('[pod/') : line.includes('| ');
  return mayHave ? (CONTAINER.exec(line.slice(0, PREFIX_CHARS))?.[0] ?? '') : '';
}

const CONTAINER = /^(?:\[pod\/[^\]\s]{1,300}\]\s|(?:\d{1,5}\|)?[\w.@/$-]{1,200} {0,64}\| )/;

const OPEN_BRACKET = 0x5b;

function isLabels(text: string): boolean {
  let at = 0;
  for (let n = 0; n < MOST_LABELS && at < text.length; n += 1) {
    const end = labelEnd(text, at);
    if (end === -1) return false;
    at = end;
  }
  return at === text.length;
}

function labelEnd(text: string, from: number): number {
  for (const { has, form } of LABELS_BY_FIRST[Math.min(text.charCodeAt(from), ASCII)] ?? []) {
    if (!text.includes(has, from)) continue;
    form.lastIndex = from;
    if (form.test(text)) return form.lastIndex;
  }
  return -1;
}
