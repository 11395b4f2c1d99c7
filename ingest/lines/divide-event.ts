/**
 * Divides an event that holds several platform lines, as log shippers that join lines by newlines send it. Pure, and the same for each
 * delivery, so that an event counts once however often and whichever way it comes.
 */
import type { PlatformLine } from '../records/platform-line.ts';
import { holdsFurtherLine, parsePlatformLine } from './platform-line.ts';

export interface EventPart {
  readonly timestampMs: number;
  readonly message: string;
}

/** Lines whose time follows from the event's. Inits and restores took place at a time that the event does not have. */
const DIVIDED: ReadonlySet<PlatformLine['kind']> = new Set(['start', 'end', 'report', 'fault']);

/** Carries the trace of the REPORT before it. */
const TRACE = /^XRAY TraceId: /;

/** A line, or lines of an application that follow each other. */
interface Piece {
  message: string;
  readonly line: PlatformLine | null;
}

/**
 * The parts of the message; none if its division is ambiguous. Each of its lines must be a platform line by itself, or text of an
 * application behind one. The event's time is that of its only REPORT, and the request's START was earlier by its duration.
 */
export function divideEvent({ message, timestampMs }: EventPart): readonly EventPart[] {
  const pieces = piecesOf(message);
  if (pieces === null || pieces.length < 2) return [];
  const reports = pieces.flatMap(({ line }) => (line?.kind === 'report' ? [line] : []));
  const started = pieces.flatMap(({ line }) => (line?.kind === 'start' ? [line.requestId] : []));
  if (reports.length > 1 || new Set(started).size < started.length) return [];
  const [report] = reports;
  const reportAt = pieces.findIndex(({ line }) => line?.kind === 'report');
  return pieces.map(({ message: text, line }, at) => {
    const isOwn = line?.kind === 'start' && line.requestId === report?.requestId && at < reportAt;
    const earlierMs = isOwn ? Math.round(report?.durationMs ?? 0) : 0;
    return { timestampMs: timestampMs - earlierMs, message: text };
  });
}

/** Null if a line could be read in more ways than one. */
function piecesOf(message: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  for (const ended of message.split('\n')) {
    const text = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    if (text.trim() === '') continue;
    const last = pieces.at(-1);
    if (TRACE.test(text)) {
      if (last?.line?.kind !== 'report') return null;
      last.message += `\n${text}`;
      continue;
    }
    const result = parsePlatformLine(text);
    if (!result.ok) {
      // The first lines of an application may print lines of other functions.
      if (result.reason !== 'not-platform' || last === undefined) return null;
      if (last.line === null) last.message += `\n${text}`;
      else pieces.push({ message: text, line: null });
    } else if (!DIVIDED.has(result.line.kind) || result.time !== null || isIndented(text) || holdsFurtherLine(text))
      return null;
    else pieces.push({ message: text, line: result.line });
  }
  return pieces;
}

/** Text of an application that prints a platform line may be indented; Lambda's lines are not. */
function isIndented(text: string): boolean {
  return text.trimStart().length < text.length;
}
