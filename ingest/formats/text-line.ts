/** Prefixes that tools put before a log event's message: time, log stream and log group, in the orders that are in use. */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { readEpoch, readTime, STREAM, TIME } from './export-event.ts';

export interface PrefixedLine {
  readonly timestampMs: number;
  /** Log stream, or "". */
  readonly stream: string;
  /** Log group, or null. */
  readonly group: string | null;
  readonly message: string;
}

/** Named groups: time, stream, group; the message is what follows. The most specific first. */
const PREFIXES: readonly RegExp[] = [
  // sam logs
  new RegExp(`^(?<stream>${STREAM})\\s(?<time>${TIME})\\s`),
  // aws logs tail --format detailed
  new RegExp(`^(?<time>${TIME})\\s(?<stream>${STREAM})\\s`),
  // awslogs get --timestamp, and with --ingestion-time
  new RegExp(`^(?<group>/\\S{1,512})\\s(?<stream>${STREAM})\\s(?<time>${TIME})\\s(?:\\(?${TIME}\\)?\\s)?`),
  // cw tail, and others that put time and stream in brackets
  new RegExp(`^\\[(?<time>${TIME})\\]\\s\\((?<stream>${STREAM})\\)\\s?`),
  new RegExp(`^\\[(?<stream>${STREAM})\\]\\s\\[?(?<time>${TIME})\\]?\\s`),
  new RegExp(`^(?<time>${TIME})\\s-\\s`),
  new RegExp(`^\\[(?<time>${TIME})\\]\\s`),
];
const EPOCH = /^(\d{13})[\t,]\s?/;
const TIMED = new RegExp(`^(${TIME})([\\t ])`);

/** Reads the prefix of a line; null when the line has none. */
export function readPrefixedLine(line: string): PrefixedLine | null {
  for (const prefix of PREFIXES) {
    const match = prefix.exec(line);
    const timestampMs = match === null ? null : readTime(match.groups?.['time'] ?? '');
    if (match !== null && timestampMs !== null) {
      const { stream = '', group = null } = match.groups ?? {};
      return { timestampMs, stream, group, message: line.slice(match[0].length) };
    }
  }
  const epoch = EPOCH.exec(line);
  if (epoch !== null) {
    const timestampMs = readEpoch(Number(epoch[1]));
    if (timestampMs === null) return null;
    return {
      timestampMs,
      stream: '',
      group: null,
      message: line.slice(epoch[0].length).replace(/^"([\s\S]*?)"?$/, '$1'),
    };
  }
  // "TIME ID Task timed out" is a platform line that contains a time, not a time before a line.
  const whole = parsePlatformLine(line);
  if (whole.ok) {
    const time = whole.time === null ? null : readTime(whole.time);
    return time === null ? null : { timestampMs: time, stream: '', group: null, message: line };
  }
  const timed = TIMED.exec(line);
  const timestampMs = timed === null ? null : readTime(timed[1] ?? '');
  if (timed === null || timestampMs === null) return null;
  const rest = line.slice(timed[0].length);
  // Node's own prefix is time, TAB, request id: the line is its own message.
  const own = timed[2] === '\t' && !parsePlatformLine(rest).ok;
  return { timestampMs, stream: '', group: null, message: own ? line : rest };
}
