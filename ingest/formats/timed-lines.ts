/** Text lines with a time before each event. */
import { accessLogLineTime } from '../documents/access-log.ts';
import { gluedRecordAt, isPlatformLine, parsePlatformLine } from '../lines/platform-line.ts';
import { logTimeEnd } from '../records/time.ts';
import { eachLine, JoinedLines } from '../text/lines.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime, timeMsAt } from './event-time.ts';
import { hiddenLineAt } from './hidden-line.ts';
import type { PrefixedLine, ReadLine } from './text-line.ts';
import { readPrefixedLine, SHORTEST_LINE, withoutLabel } from './text-line.ts';
import type { HiddenLineProblem } from './tool-prefix.ts';
import { hiddenLineProblem } from './tool-prefix.ts';

type LinePlace = Pick<PrefixedLine, 'stream' | 'group'>;

const NOWHERE: LinePlace = { stream: '', group: null };

/** A time of day on a line of its own, as the old console shows it, and Live Tail. Its row follows. */
const TIME_OF_DAY = /^\s{0,8}\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?(?: ?[AP]M)?\s{0,8}$/i;
/** `1:00:00`, and the longest fraction with blanks around it. */
const [SHORTEST_TIME_OF_DAY, LONGEST_TIME_OF_DAY] = [7, 36];

/**
 * A line without a time continues the line before it; a platform line is read by its own time, or rejected for the lack of it. A
 * label of a container is no part of the line.
 */
export function readTimedLines(
  text: string,
  add: (place: LinePlace, time: EventTime, message: string) => void,
  reject: (reason: string, line: string) => void,
): void {
  let pending: ReadLine | null = null;
  /** Further lines of its message. */
  const more = new JoinedLines(text);
  let label = '';
  let isBelowTimeOfDay = false;
  const flush = (): void => {
    if (pending === null) return;
    add(pending, pending, more.after(pending.message));
    pending = null;
  };
  const take = (given: string, end: number): void => {
    const line = withoutLabel(given, label);
    if (line !== given && line.trim() === '') return;
    const isShort = line.length < SHORTEST_LINE;
    if (isShort && pending === null) {
      // Too short for a line of Lambda's, whatever it is.
      if (line.length >= SHORTEST_TIME_OF_DAY && TIME_OF_DAY.test(line)) isBelowTimeOfDay = true;
      reject(isBelowTimeOfDay ? 'time-incomplete' : 'line-without-time', line);
      return;
    }
    const prefixed = isShort ? null : readPrefixedLine(line);
    const glued = prefixed === null && !isShort ? gluedRecordAt(line) : -1;
    const isGlued = glued > 0;
    const statedMs = isGlued ? statedTime(line, glued) : null;
    // A record behind other text is read below, and parsed there, unless an event is open.
    const mayHide = prefixed === null && !isShort && (!isGlued || pending !== null);
    const hidden = mayHide ? hiddenProblemOf(line, statedMs === null ? -1 : glued) : (prefixed?.hidden ?? null);
    if (hidden !== null && !isGlued) {
      flush();
      reject(hidden, line);
    } else if (prefixed !== null) {
      flush();
      pending = prefixed;
      isBelowTimeOfDay = false;
      label = line === given ? '' : given.slice(0, given.length - line.length);
    } else if (pending !== null && hidden === null && (isShort || !isPlatformLine(line))) {
      more.add(end - line.length, end);
    } else {
      flush();
      if (line.length <= LONGEST_TIME_OF_DAY && TIME_OF_DAY.test(line)) isBelowTimeOfDay = true;
      if (statedMs !== null) add(NOWHERE, { timestampMs: statedMs, isConverted: false }, line.slice(glued));
      else readUntimed(line, glued, add, (reason) => reject(isBelowTimeOfDay ? 'time-incomplete' : reason, line));
    }
  };
  eachLine(text, take);
  flush();
}

/** `timed`: where a record that states its time begins behind other text, or -1. It is parsed as an event, not twice. */
function hiddenProblemOf(line: string, timed: number): HiddenLineProblem | null {
  const at = hiddenLineAt(line);
  return hiddenLineProblem(line, false, at, at !== -1 && at === timed);
}

/** Reads a line without a time before it: only JSON platform records and access logs carry their own. */
function readUntimed(
  line: string,
  glued: number,
  add: (place: LinePlace, time: EventTime, message: string) => void,
  reject: (reason: string, line: string) => void,
): void {
  const message = glued > 0 ? line.slice(glued) : line;
  const result = parsePlatformLine(message);
  const time = readEventTime(result.ok ? result.time : accessLogLineTime(message));
  if (time !== null) add(NOWHERE, time, message);
  else reject('line-without-time', line);
}

const TIME_MEMBER = '{"time":"';
const TYPE_MEMBER = '","type":"platform.';

/**
 * Epoch ms of the record at the offset, if it begins with its time and type, as Lambda writes it; null for any other. Read by its characters: the
 * event is parsed later, which finds what is wrong with it.
 */
function statedTime(line: string, record: number): number | null {
  if (!line.startsWith(TIME_MEMBER, record)) return null;
  const time = record + TIME_MEMBER.length;
  const end = logTimeEnd(line, time);
  return end !== -1 && line.startsWith(TYPE_MEMBER, end) ? timeMsAt(line, time, end) : null;
}
