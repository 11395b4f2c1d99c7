/**
 * Where a line of Lambda or of the Node runtime begins behind other text. Every line that is no event of its own is searched: by the
 * request id that nearly all such lines hold, and only the others by an expression for all of them.
 */
import { isWord } from '../lines/fields.ts';
import { logTimeEnd } from '../records/time.ts';
import { TIME } from './event-time.ts';

/** Characters in which a prefix ends. */
export const PREFIX_CHARS = 400;

const NOT_WITHIN = `(?<![\\w"'{-])`;
const OF_REQUESTS = [
  String.raw`(?:START|END|REPORT)\s{1,8}RequestId:\s{0,8}\S`,
  String.raw`RequestId: \S{1,256} (?:Error:|Process exited|Status:)`,
].join('|');

/** Where a line that Lambda or the Node runtime wrote begins. */
const BEGIN = new RegExp(
  `${NOT_WITHIN}(?:` +
    [
      OF_REQUESTS,
      String.raw`INIT_START\s{1,8}Runtime Version:`,
      String.raw`INIT_REPORT\s{1,8}Init Duration:`,
      String.raw`RESTORE_START\s{1,8}Runtime Version:`,
      String.raw`RESTORE_REPORT\s{1,8}Restore Duration:`,
      String.raw`(?:EXTENSION|TELEMETRY|LOGS)\s{1,8}Name:`,
      String.raw`${TIME}\s\S{1,256}\s(?:Task timed out after |(?:ERROR|FATAL)\s(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s)`,
      String.raw`\{"(?:time|type)":"[^"]{1,64}","(?:type|time)":"[^"]{1,64}","record":`,
    ].join('|') +
    ')',
);

/** Those of them that hold no other text than a request id. */
const BY_ID = new RegExp(`${NOT_WITHIN}(?:${OF_REQUESTS})`);

/** Texts of which every line that {@link BEGIN} finds has one, unless it holds a request id. */
const OTHER_MARKS =
  /(?:Runtime Version|Init Duration|Restore Duration|Name):|Task timed out after |Invoke Error|Uncaught Exception|Unhandled Promise Rejection|"record":/;

/** One character, and `LOGS Name:`. */
const SHORTEST_CARRIED = 11;
/** How lines begin that nothing stands before. */
const OWN_BEGINNINGS = ['START RequestId: ', 'END RequestId: ', 'REPORT RequestId: '];

/** The last line that was searched, and what was found: the readers of a line ask one after the other. */
let last = { line: '', at: -1 };

/** The offset of a platform line that something stands before; -1 if there is none. */
export function hiddenLineAt(line: string): number {
  if (line.length < SHORTEST_CARRIED) return -1;
  if (line !== last.line) last = { line, at: search(line) };
  return last.at;
}

function search(line: string): number {
  for (const own of OWN_BEGINNINGS) if (line.charCodeAt(own.length) > BLANK && line.startsWith(own)) return -1;
  if (beginsWithFault(line)) return -1;
  const start = line.slice(0, 2 * PREFIX_CHARS);
  const id = start.indexOf(ID);
  const hasOthers = OTHER_MARKS.test(start);
  if (id === -1 && !hasOthers) return -1;
  const at = hasOthers ? start.search(BEGIN) : beginOfId(start, id);
  return at > PREFIX_CHARS || (at !== -1 && line.slice(0, at).trim() === '') ? -1 : at;
}

/** What stands before the seconds of a timeout. */
export const TIMED_OUT = ' Task timed out after ';
const OF_FAULT = 'RequestId: ';
/** What follows the request id of a fault. */
const FAULTS = [' Error:', ' Process exited', ' Status:'];
/** Characters of an id that {@link BEGIN} takes. */
const MOST_ID_CHARS = 256;

/** Whether {@link BEGIN} finds a timeout or the fault of a request at the start of the line: by its characters, in a fifth of the time. */
function beginsWithFault(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === LETTER_R) {
    if (!line.startsWith(OF_FAULT)) return false;
    const blank = line.indexOf(' ', OF_FAULT.length);
    return isWord(line, OF_FAULT.length, blank, MOST_ID_CHARS) && FAULTS.some((fault) => line.startsWith(fault, blank));
  }
  if (first < ZERO || first > NINE) return false;
  const end = logTimeEnd(line, 0);
  if (end === -1 || line.charCodeAt(end) !== BLANK) return false;
  return isWord(line, end + 1, line.indexOf(TIMED_OUT, end + 1), MOST_ID_CHARS);
}

const [ZERO, NINE, LETTER_R] = [0x30, 0x39, 0x52];

const ID = 'RequestId:';
const WORDS = ['START', 'END', 'REPORT'];
const [BLANK, DELETE] = [0x20, 0x7f];
const NAME_PART = /[\w"'{-]/;

/** What {@link BEGIN} finds in a text with a request id, the first at `id`, and without {@link OTHER_MARKS}. */
function beginOfId(text: string, id: number): number {
  const after = text.charCodeAt(id + ID.length + 1);
  if (after > BLANK && after < DELETE && text.charCodeAt(id + ID.length) === BLANK && text.charCodeAt(id - 1) === BLANK)
    for (const word of WORDS) {
      const at = id - 1 - word.length;
      if (at >= 0 && text.startsWith(word, at)) return NAME_PART.test(text.charAt(at - 1)) ? text.search(BY_ID) : at;
    }
  return text.search(BY_ID);
}
