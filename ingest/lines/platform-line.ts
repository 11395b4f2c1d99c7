/**
 * Recognises and parses lines that the Lambda service wrote. Decides by the first characters, so that application lines,
 * most of all input, cost little.
 */
import type { LineResult } from '../records/platform-line.ts';
import { parseExtension } from './extension.ts';
import { parseNetworkFault, parseRequestFault, parseTimeout, parseUnknownError, parseWarning } from './fault.ts';
import { parseInitReport, parseInitStart } from './init.ts';
import { parsePlatformJson } from './platform-json.ts';
import { impossibleFigures } from './possible.ts';
import { parseReport } from './report.ts';
import { parseRestoreReport, parseRestoreStart } from './restore.ts';
import { parseEnd, parseStart } from './start-end.ts';

const NOT_PLATFORM: LineResult = { ok: false, reason: 'not-platform' };

/** Parses the message of one log event. Lines with figures that Lambda cannot produce are rejected. Never throws. */
export function parsePlatformLine(raw: string): LineResult {
  const result = parseAny(raw);
  const problem = result.ok ? impossibleFigures(result.line) : null;
  return problem === null ? result : { ok: false, reason: problem };
}

/** Whether the line is the service's, also where it cannot be read: such lines are dead letters, not an application's text. */
export function isPlatformLine(raw: string): boolean {
  const result = parsePlatformLine(raw);
  return result.ok || result.reason !== 'not-platform';
}

function parseAny(raw: string): LineResult {
  const first = raw.charCodeAt(0);
  const message = isBlank(first) ? raw.slice(0, 1_048_576).trimStart() : raw;
  switch (isBlank(first) ? message.charCodeAt(0) : first) {
    case 0x53: // S
      return message.startsWith('START ') || message.startsWith('START\t') ? parseStart(message) : networkOr(message);
    case 0x45: // E
      return parseE(message);
    case 0x52: // R
      return parseR(message);
    case 0x49: // I
      if (startsWithWord(message, 'INIT_START')) return parseInitStart(message);
      if (startsWithWord(message, 'INIT_REPORT')) return parseInitReport(message);
      return NOT_PLATFORM;
    case 0x54: // T
      return startsWithWord(message, 'TELEMETRY') ? parseExtension(message, 'TELEMETRY') : NOT_PLATFORM;
    case 0x4c: // L
      if (startsWithWord(message, 'LOGS')) return parseExtension(message, 'LOGS');
      return message.startsWith('LAMBDA_WARNING:') ? parseWarning(message) : NOT_PLATFORM;
    case 0x55: // U
      return message.startsWith('Unknown application error occurred') ? parseUnknownError(message) : NOT_PLATFORM;
    case 0x7b: // {
      return message.includes('platform.') ? parsePlatformJson(message, parsePlatformLine) : NOT_PLATFORM;
    default:
      return first >= 0x30 && first <= 0x39 ? parseTimeout(message) : NOT_PLATFORM;
  }
}

function parseE(message: string): LineResult {
  if (message.startsWith('END ') || message.startsWith('END\t')) return parseEnd(message);
  if (startsWithWord(message, 'EXTENSION')) return parseExtension(message, 'EXTENSION');
  return networkOr(message);
}

function parseR(message: string): LineResult {
  if (message.startsWith('REPORT ') || message.startsWith('REPORT\t')) return parseReport(message);
  if (message.startsWith('RequestId: ')) return parseRequestFault(message);
  if (startsWithWord(message, 'RESTORE_START')) return parseRestoreStart(message);
  if (startsWithWord(message, 'RESTORE_REPORT')) return parseRestoreReport(message);
  return NOT_PLATFORM;
}

function networkOr(message: string): LineResult {
  return message.startsWith('ENI') || message.startsWith('EC2') || message.startsWith('Subnet')
    ? parseNetworkFault(message)
    : NOT_PLATFORM;
}

function startsWithWord(message: string, word: string): boolean {
  return message.startsWith(word) && isBlank(message.charCodeAt(word.length));
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/**
 * Whether another START, END or REPORT follows in the message of one event: a shipper joined lines. Only one of them would be
 * read, and the time of the event is that of one. A JSON record is one document, whatever its texts hold.
 */
export function holdsFurtherLine(message: string): boolean {
  if (message.charCodeAt(0) === BRACE) return false;
  for (let at = message.indexOf(OWN_ID); at !== -1; at = message.indexOf(OWN_ID, at + 1)) {
    const word = wordBefore(message, at);
    if (word > 0 && message.slice(0, word).trim() !== '') return true;
  }
  return false;
}

const BRACE = 0x7b;
const OWN_ID = 'RequestId:';
const LINE_WORDS = ['START', 'END', 'REPORT'];
/** Blanks between the word and the request id, or what a shipper made of them. */
const MOST_BLANKS = 4;

/** The offset of START, END or REPORT before the request id at `id`; -1 if there is none, or that of INIT_REPORT or RESTORE_REPORT. */
function wordBefore(message: string, id: number): number {
  let end = id;
  for (let n = 0; n < MOST_BLANKS; n += 1) {
    const before = message.charCodeAt(end - 1);
    if (before === LETTER_T && message.charCodeAt(end - 2) === BACKSLASH) end -= 2;
    else if (isBlank(before) || (before > 0x7f && message.charAt(end - 1).trim() === '')) end -= 1;
    else break;
  }
  if (end === id) return -1;
  for (const word of LINE_WORDS) {
    const at = end - word.length;
    if (at >= 0 && message.startsWith(word, at)) return message.charCodeAt(at - 1) === UNDERSCORE ? -1 : at;
  }
  return -1;
}

const [BACKSLASH, LETTER_T, UNDERSCORE] = [0x5c, 0x74, 0x5f];

/**
 * The offset of a JSON platform record that follows other text without a newline, as in LogResult tails; -1 if there is
 * none. Needed for copied text only: Lambda writes each record as an event of its own.
 */
export function gluedRecordAt(text: string): number {
  if (text.length < SHORTEST_GLUED) return -1;
  const type = text.lastIndexOf('"type":"platform.');
  if (type <= 0) return -1;
  const open = text.lastIndexOf('{"time":', type);
  return open > 0 ? open : -1;
}

/** A character, `{"time":` and `"type":"platform.` */
const SHORTEST_GLUED = 26;
