/**
 * Text in which every event begins with the same prefix of one tool: fluentd's files and standard output, `logcli query`,
 * and epoch time before each line.
 * The form is recognised once per text, by its first lines, because a single such line may be an application's own.
 */

import { isPlatformLine } from '../lines/platform-line.ts';
import { parseJsonText } from '../text/json-syntax.ts';
import { readEventTime, readTimeText, TIME } from './event-time.ts';
import type { ExportEvent, ExportProblem, ExportRead } from './export-event.ts';
import { eventOf } from './export-event.ts';
import { readPrefixedLine } from './text-line.ts';
import { hiddenLineProblem, readCarriedLine } from './tool-prefix.ts';
import { placeOf, readWrapped } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;
type LineReader = (line: string) => ExportEvent | null;

/** `TIME TAB TAG TAB {json}` of out_file, `TIME TAG: {json}` of out_stdout. */
const FLUENTD = new RegExp(String.raw`^(${TIME})(?:\t|\s{1,4})[\w.*/$@-]{1,300}(?:\t|:\s{1,4})(?=\{)`);
/** `TIME {label="value", …} LINE`; the labels that all lines share are not printed. */
const LOGCLI = new RegExp(
  String.raw`^(${TIME})\s{1,4}\{((?:[\w.]{1,200}="(?:[^"\\]|\\.){0,2000}"(?:,\s?)?){0,60})\}\s{1,200}`,
);
/** Epoch seconds, milliseconds, microseconds or nanoseconds, and a blank. A comma or tab after it needs no whole text. */
const EPOCH = /^(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19}) {1,4}(?=\S)/;
const LABEL = /([\w.]{1,200})="((?:[^"\\]|\\.){0,2000})"/g;

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
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const begun = form(line) ?? plainEvent(line);
    if (begun !== null) {
      close();
      const hidden = hiddenLineProblem(begun.message, true);
      if (hidden !== null) problems.push({ reason: hidden, text: line });
      open = hidden === null ? begun : null;
    } else if (open === null || isPlatformLine(line)) problems.push({ reason: 'line-without-time', text: line });
    else lines.push(line);
  }
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
  if (line.charCodeAt(4) !== DASH) return null;
  const match = FLUENTD.exec(line);
  const timestampMs = match === null ? null : readTimeText(match[1] ?? '');
  if (match === null || timestampMs === null) return null;
  const text = line.slice(match[0].length);
  const record = objectOf(text);
  if (record === null) return null;
  // A time in the record is the event's; that of the line may be rounded to seconds.
  const event = readWrapped({ time: match[1], ...record }, text)?.events[0];
  return event ?? eventOf(placeOf(record), { timestampMs, isConverted: false }, text);
}

function readLogcli(line: string): ExportEvent | null {
  if (line.charCodeAt(4) !== DASH || !line.includes('{')) return null;
  const match = LOGCLI.exec(line);
  const timestampMs = match === null ? null : readTimeText(match[1] ?? '');
  if (match === null || timestampMs === null) return null;
  const labels = [...(match[2] ?? '').matchAll(LABEL)].map(([, name = '', value = '']) => [
    name,
    value.replaceAll(/\\(.)/g, '$1'),
  ]);
  const message = line.slice(match[0].length);
  return eventOf(placeOf(Object.fromEntries(labels)), { timestampMs, isConverted: false }, message);
}

function readEpochLine(line: string): ExportEvent | null {
  if (line.charCodeAt(4) === DASH) return null;
  const match = EPOCH.exec(line);
  const time = match === null ? null : readEventTime(match[1]);
  // Journals have more than the time before the line. No other prefix begins with digits and a blank.
  if (match === null || time === null || readCarriedLine(line) !== null) return null;
  return eventOf({ stream: '', id: '', group: null }, time, line.slice(match[0].length));
}

/** Whether the line may begin an event after epoch time and a blank. */
export function beginsWithEpoch(line: string): boolean {
  return EPOCH.test(line);
}

function objectOf(text: string): Json | null {
  const value = parseJsonText(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
