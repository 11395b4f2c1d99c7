/** `--output text` and `--output yaml` of `aws logs filter-log-events` and `get-log-events`. */
import { isScalar, parse } from 'yaml';
import { readEventTime } from './event-time.ts';
import type { ExportEvent, ExportRead } from './export-event.ts';
import { eventOf } from './export-event.ts';
import { KeyNames } from './key-names.ts';
import { beginsPair, isFlatItem, MOST_NAMES, readFlatItem, readFlatPair } from './yaml-item.ts';

/** What may stand before the first event: the tokens of get-log-events, and other rows. */
const TEXT_HEAD = /^(?:(?:[bf]\/\d{1,100}(?:\/s)?|NEXTTOKEN|SEARCHEDLOGSTREAMS)(?:\t[^\n]{0,4096})?\n){0,1000}EVENTS\t/;
/** Rows that follow the last event of a page. */
const TEXT_REST =
  /\n(?:(?:SEARCHEDLOGSTREAMS|NEXTTOKEN)\t[\s\S]*|[bf]\/\d{1,100}(?:\/s)?(?:\t[bf]\/\d{1,100}(?:\/s)?)?\s*)$/;
const ROW = 'EVENTS\t';
/** Digits of a time, and of the id of an event. */
const [TIME_DIGITS, ID_DIGITS] = [13, 56];
const STREAM_CHARS = 600;
const TAB = 0x09;

/** null for other text. */
export function readTextOutput(text: string): ExportRead | null {
  const rows = text.trimStart();
  if (!TEXT_HEAD.test(rows)) return null;
  const events: ExportEvent[] = [];
  const problems: { reason: string; text: string }[] = [];
  let from = rows.startsWith(ROW) ? 0 : rows.indexOf(`\n${ROW}`) + 1;
  while (from < rows.length) {
    const next = rows.indexOf(`\n${ROW}`, from) + 1;
    const end = next === 0 ? rows.length : next;
    const piece = rows.slice(from, end).trimEnd();
    const own = piece.includes('\n') ? piece.replace(TEXT_REST, '').trimEnd() : piece;
    const event = readTextRow(own);
    if (event !== null) events.push(event);
    else problems.push({ reason: 'not-a-log-event', text: own });
    from = end;
  }
  return { events, problems };
}

/**
 * EVENTS, event id, ingestion time, stream, message, timestamp; get-log-events has neither id nor stream. By its characters, since
 * expressions for both forms take three times as long.
 */
function readTextRow(row: string): ExportEvent | null {
  const end = row.length - TIME_DIGITS - 1;
  if (row.charCodeAt(end) !== TAB || !areDigits(row, end + 1, row.length)) return null;
  const first = row.indexOf('\t', ROW.length);
  if (!areDigits(row, ROW.length, first)) return null;
  let [from, stream, id] = [first + 1, '', ''];
  if (first === ROW.length + ID_DIGITS) {
    const ingested = first + 1 + TIME_DIGITS;
    const streamEnd = row.indexOf('\t', ingested + 1);
    stream = row.slice(ingested + 1, streamEnd);
    id = row.slice(ROW.length, first);
    from = streamEnd + 1;
    const isStream = stream !== '' && stream.length <= STREAM_CHARS && !stream.includes('\n');
    if (row.charCodeAt(ingested) !== TAB || !areDigits(row, first + 1, ingested) || !isStream) return null;
  } else if (first !== ROW.length + TIME_DIGITS) return null;
  const time = from > end ? null : readEventTime(row.slice(end + 1));
  if (time === null) return null;
  const messageEnd = row[end - 1] === '\n' ? end - 1 : end;
  return eventOf({ stream, id, group: null }, time, row.slice(from, messageEnd));
}

function areDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
  return to > from;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Only these keys stand before the events. An application's line may hold any other YAML. */
const YAML_HEAD =
  /^\s*(?:---\s*\n)?(?:(?:next(?:Forward|Backward)?Token|NextToken|searchedLogStreams):[^\n]{0,4096}\n(?:[ -][^\n]{0,4096}\n){0,10000}){0,4}events:\s*\n(?=\s*- \w+:)/;

/** A list without `events:`, as `--query 'events[]'` prints it, or below the `- events:` of a page of yaml-stream. */
const YAML_LIST_HEAD = /^(?:[ \t]*\n)*(?:---[ \t]*\n)?(?:- events:[ \t]*\n)?(?= {0,8}- (?:- )?["']?\w)/;

/** Characters of one item of a YAML list; CloudWatch Logs limits an event to 1 MiB. */
const YAML_ITEM = 4_000_000;

/** Items of a list, and unreadable ones, after which the rest is not parsed. */
const YAML_ITEMS = 100_000;
const YAML_FAULTS = 1000;
/** Characters of one list that are given to the YAML parser: those of the items that no tool is known to print. */
const PARSED_CHARS = 8192;
/** Pairs of keys of one item that the YAML parser may compare: it compares each key with all before it. */
const COMPARED_KEYS = 20_000;

/**
 * Calls `take` with the events of `--output yaml` as a document. Each item is parsed by itself, so that the work grows with the
 * text and one bad item does not lose the others: those are returned. Null when the text is no such YAML.
 */
export function eachYamlEvent(text: string, take: (event: unknown) => void): readonly string[] | null {
  if (PAGE.test(text)) return [];
  if (QUERY_RESULTS.test(text)) return [text];
  const named = YAML_HEAD.exec(text);
  const head = named ?? YAML_LIST_HEAD.exec(text);
  if (head === null) return null;
  const list = text.slice(head.index + head[0].length);
  const indent = `{0,${Math.min(/^ */.exec(list)?.[0].length ?? 0, 8)}}`;
  const afterList = new RegExp(`^ ${indent}(?:${AFTER_LIST.source})[^]*`, 'm');
  // Searched once in the whole list: most have nothing after them, and each item would be searched.
  const isFollowed = afterList.test(list);
  const items = list.split(new RegExp(`^(?= ${indent}- )`, 'm'));
  const eventsOf = itemReader();
  if (named === null && eventsOf((items[0] ?? '').replace(afterList, '')) === null) return null;
  const unreadable: string[] = [];
  /** Below a key after the list: its items are no events. */
  let isAfter = false;
  for (const [at, item] of items.entries()) {
    if (at === YAML_ITEMS || unreadable.length === YAML_FAULTS) {
      unreadable.push(items.slice(at).join(''));
      break;
    }
    const own = isFollowed ? item.replace(afterList, '') : item;
    const parsed = eventsOf(own);
    if (parsed !== null) for (const event of parsed) take(event);
    else if (own.trim() !== '' && !PAGE.test(own) && !isAfter) unreadable.push(own);
    isAfter = own !== item || (isAfter && parsed === null);
  }
  return unreadable;
}

/** Keys after the list, such as the token of the next page, are not indented more than its items. `...` ends a document. */
const AFTER_LIST = /(?:nextForwardToken|nextBackwardToken|nextToken|NextToken|searchedLogStreams):|\.\.\.[ \t]*$/;
const PAGE = /^- events:\s*$/;
/** `aws logs get-query-results --output yaml`, which is rejected: each cell is an item of its own. */
const QUERY_RESULTS = /^\s*(?:---\s*\n)?results:[ \t]*\n[ \t]*- - field:/;

/** Reads the items of one list: the event of each, or null when it is none. */
function itemReader(): (item: string) => readonly unknown[] | null {
  let parsed = 0;
  const names = new KeyNames(MOST_NAMES);
  return (item) => {
    if (item.length > YAML_ITEM) return null;
    const pair = readFlatPair(item, names);
    if (pair !== undefined) return pair === null ? null : [pair];
    const own = ofPair(item) ?? item;
    if (!EVENT_KEYS.every((key) => key.test(own))) return null;
    const flat = readFlatItem(own, names);
    if (flat !== undefined) return flat === null ? null : [flat];
    if (!isFlatItem(own)) return null;
    parsed += own.length;
    return parsed > PARSED_CHARS ? null : parseItem(own);
  };
}

const TIME_FIRST = /^( {0,8}- )- (["']?\d{4}[\w:.+-]{6,40}["']?)[ \t]*\n( {2,10})- (?=\S)/;

/** A pair as `--query 'events[].[timestamp,message]'` prints it, as an item with keys; null for any other item. */
function ofPair(item: string): string | null {
  const found = beginsPair(item) ? TIME_FIRST.exec(item) : null;
  if (found === null) return null;
  const [all, dash, time, indent] = found;
  return dash?.length === indent?.length
    ? `${dash}timestamp: ${time}\n${indent}message: ${item.slice(all.length)}`
    : null;
}

/** What every event has; other items are not worth parsing. */
const EVENT_KEYS = [/^ {0,10}(?:- )?["']?message["']?:/m, /^ {0,10}(?:- )?["']?(?:timestamp|eventTime)["']?:/m];

function parseItem(text: string): readonly unknown[] | null {
  let compared = 0;
  const uniqueKeys = (a: unknown, b: unknown): boolean => {
    compared += 1;
    if (compared > COMPARED_KEYS) throw new RangeError('too many keys');
    return isScalar(a) && isScalar(b) && a.value === b.value;
  };
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, prettyErrors: false, uniqueKeys });
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
