/**
 * Where a line of Lambda or of the Node runtime begins behind other text. Every line that is no event of its own is searched: by the
 * request id that nearly all such lines hold, and only the others by an expression for all of them.
 */
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
  const start = line.slice(0, 2 * PREFIX_CHARS);
  const id = start.indexOf(ID);
  const hasOthers = OTHER_MARKS.test(start);
  if (id === -1 && !hasOthers) return -1;
  const at = hasOthers ? start.search(BEGIN) : beginOfId(start, id);
  return at > PREFIX_CHARS || (at !== -1 && line.slice(0, at).trim() === '') ? -1 : at;
}

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
