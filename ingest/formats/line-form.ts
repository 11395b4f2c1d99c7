/**
 * Text in which every event begins with the same prefix of one tool: fluentd's files and standard output, `logcli query`,
 * and epoch time before each line.
 * The form is recognised once per text, by its first lines, because a single such line may be an application's own.
 */

import { isPlatformLine } from '../lines/platform-line.ts';
import { logTimeEnd } from '../records/time.ts';
import { parseJsonText } from '../text/json-syntax.ts';
import { eachLine } from '../text/lines.ts';
import { readEventTime, timeMsAt } from './event-time.ts';
import type { ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { eventOf } from './export-event.ts';
import { readPrefixedLine, SHORTEST_LINE } from './text-line.ts';
import { hiddenLineProblem, readCarriedLine } from './tool-prefix.ts';
import { PLACE_NAMES, placeOf, readWrapped } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;
type LineReader = (line: string) => ExportEvent | null;

/** `TIME TAB TAG TAB {json}` of out_file, `TIME TAG: {json}` of out_stdout: what is between the time and the record. */
const FLUENTD_TAG = /(?:\t|\s{1,4})[\w.*/$@-]{1,300}(?:\t|:\s{1,4})(?=\{)/y;
/** `TIME {label="value", …} LINE`; the labels that all lines share are not printed. */
const LOGCLI_BLANKS = /\s{1,4}(?=\{)/y;
const LOGCLI_LABEL = /[\w.]{1,200}="(?:[^"\\]|\\.){0,2000}"(?:,\s?)?/y;
const LOGCLI_END = /\}\s{1,200}/y;
const MOST_LABELS = 60;
/** Epoch seconds, milliseconds, microseconds or nanoseconds, and a blank. A comma or tab after it needs no whole text. */
const EPOCH = /^(?:\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19}) {1,4}(?=\S)/;

const FORMS: readonly LineReader[] = [readFluentd, readLogcli, readEpochLine];

/** Lines by which the form is recognised. */
const SAMPLE_LINES = 50;
const SAMPLE_CHARS = 65_536;

/** null for text in any other form. Other lines with a time are read as such; lines without one continue the event before. */
export function readLineForm(text: string): ExportRead | null {
  const sample = text
    .slice(0, SAMPLE_CHARS)
    .split('\n', SAMPLE_LINES)
    .filter((line) => line.trim() !== '');
  const read = FORMS.find((form) => isMostly(sample, form));
  return read === undefined ? null : readLines(text, read);
}

/** Whether at least half of the lines that have a time are in the form. */
function isMostly(sample: readonly string[], form: LineReader): boolean {
  let own = 0;
  let others = 0;
  for (const line of sample) {
    if (form(line) !== null) own += 1;
    else if (readPrefixedLine(line) !== null) others += 1;
  }
  return own > 0 && own >= others;
}

function readLines(text: string, form: LineReader): ExportRead {
  const events: ExportEvent[] = [];
  const problems: ExportProblem[] = [];
  let lines: string[] = [];
  let open: ExportEvent | null = null;
  const close = (): void => {
    if (open === null) return;
    if (lines.length === 0) events.push(open);
    else events.push(eventOf(open, open, `${open.message}\n${lines.join('\n')}`, open.account));
    if (lines.length > 0) lines = [];
  };
  eachLine(text, (line) => {
    // Too short for a time, or for a line of Lambda's.
    const isShort = line.length < SHORTEST_LINE;
    const begun = isShort ? null : (form(line) ?? plainEvent(line));
    if (begun !== null) {
      close();
      const hidden = hiddenLineProblem(begun.message, true);
      if (hidden !== null) problems.push({ reason: hidden, text: line });
      open = hidden === null ? begun : null;
    } else if (open === null || (!isShort && isPlatformLine(line)))
      problems.push({ reason: 'line-without-time', text: line });
    else lines.push(line);
  });
  close();
  return { events, problems };
}

function plainEvent(line: string): ExportEvent | null {
  const prefixed = readPrefixedLine(line);
  if (prefixed === null) return null;
  const { stream, group, message } = prefixed;
  return eventOf({ stream, id: '', group }, prefixed, message);
}

/** After the year of a line that begins with a date. */
const DASH = 0x2d;

function readFluentd(line: string): ExportEvent | null {
  const whole = leadingTime(line);
  if (whole === -1) return null;
  const time = hasTag(line, whole) ? whole : line.lastIndexOf(' ', whole - 1);
  // What may be a zone behind a blank, `UTC` or `-0100`, may be the tag as well.
  const timestampMs = time === whole || (time >= SECONDS_CHARS && hasTag(line, time)) ? timeMsAt(line, 0, time) : null;
  if (timestampMs === null) return null;
  const text = line.slice(FLUENTD_TAG.lastIndex);
  const record = objectOf(text);
  if (record === null) return null;
  // A time in the record is the event's; that of the line may be rounded to seconds. Spreading the record takes ten times as long.
  const timed = Object.hasOwn(record, 'time') ? record : Object.assign(record, { time: line.slice(0, time) });
  const event = readWrapped(timed, text)?.events[0];
  return event ?? eventOf(placeOf(record), { timestampMs, isConverted: false }, text);
}

/** Whether a tag stands at the offset, before a record; the expression is then after it. */
function hasTag(line: string, at: number): boolean {
  FLUENTD_TAG.lastIndex = at;
  return FLUENTD_TAG.test(line);
}

/** `2026-11-20T10:00:00` */
const SECONDS_CHARS = 19;

/** The offset after the time that the line begins with; -1 if there is none. */
function leadingTime(line: string): number {
  return line.charCodeAt(4) === DASH ? logTimeEnd(line, 0) : -1;
}

function readLogcli(line: string): ExportEvent | null {
  const time = leadingTime(line);
  if (time === -1) return null;
  LOGCLI_BLANKS.lastIndex = time;
  if (!LOGCLI_BLANKS.test(line)) return null;
  const labels: Record<string, string> = {};
  let at = LOGCLI_BLANKS.lastIndex + 1;
  for (let n = 0; n < MOST_LABELS; n += 1) {
    LOGCLI_LABEL.lastIndex = at;
    if (!LOGCLI_LABEL.test(line)) break;
    const name = line.slice(at, line.indexOf('=', at));
    // Others tell nothing: an object of them all takes ten times as long.
    if (PLACE_NAMES.has(name)) labels[name] = labelValue(line.slice(at + name.length + 2, LOGCLI_LABEL.lastIndex));
    at = LOGCLI_LABEL.lastIndex;
  }
  LOGCLI_END.lastIndex = at;
  const timestampMs = LOGCLI_END.test(line) ? timeMsAt(line, 0, time) : null;
  if (timestampMs === null) return null;
  return eventOf(placeOf(labels), { timestampMs, isConverted: false }, line.slice(LOGCLI_END.lastIndex));
}

/** The value of a label, without the quote behind it and what follows. */
function labelValue(quoted: string): string {
  const value = quoted.slice(0, quoted.lastIndexOf('"'));
  return value.includes('\\') ? value.replaceAll(/\\(.)/g, '$1') : value;
}

function readEpochLine(line: string): ExportEvent | null {
  if (!isDigit(line.charCodeAt(4))) return null;
  const plain = plainEpochEnd(line);
  if (plain === -1 && !EPOCH.test(line)) return null;
  const blank = plain === -1 ? line.indexOf(' ') : plain;
  const time = readEventTime(line.slice(0, blank));
  // Journals have more than the time before the line. No other prefix begins with digits and a blank.
  if (time === null || readCarriedLine(line) !== null) return null;
  let at = blank;
  while (line.charCodeAt(at) === BLANK && at < blank + MOST_BLANKS) at += 1;
  return eventOf(NOWHERE, time, line.slice(at));
}

/** The offset after the digits of what {@link EPOCH} finds, where no fraction and a printable character follow; -1 if the expression must decide. */
function plainEpochEnd(line: string): number {
  let digits = 0;
  while (isDigit(line.charCodeAt(digits))) digits += 1;
  if (!EPOCH_DIGITS.includes(digits) || line.charCodeAt(digits) !== BLANK) return -1;
  let at = digits + 1;
  while (line.charCodeAt(at) === BLANK && at < digits + MOST_BLANKS) at += 1;
  const code = line.charCodeAt(at);
  return code > BLANK && code < DELETE ? digits : -1;
}

/** Digits of seconds, milliseconds, microseconds and nanoseconds. */
const EPOCH_DIGITS: readonly number[] = [10, 13, 16, 19];
const DELETE = 0x7f;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const BLANK = 0x20;
/** Blanks that {@link EPOCH} takes. */
const MOST_BLANKS = 4;
const NOWHERE = { stream: '', id: '', group: null } as const;

/** Whether the line may begin an event after epoch time and a blank. */
export function beginsWithEpoch(line: string): boolean {
  return EPOCH.test(line);
}

function objectOf(text: string): Json | null {
  const value = parseJsonText(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
