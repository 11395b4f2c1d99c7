/** Log events as CloudWatch Logs numbers them. */
import type { LogEventInput } from './firehose.ts';

/** The id of an event: its time, times 2^144, plus a number that counts up. */
export function eventId(atMs: number, n: number): string {
  return String((BigInt(atMs) << 144n) + BigInt(n));
}

/** Events of the lines, numbered in their order. */
export function eventsOf(lines: readonly (readonly [atMs: number, text: string])[]): readonly LogEventInput[] {
  return lines.map(([timestamp, text], at) => ({ id: eventId(timestamp, at), timestamp, message: text }));
}

/** A REPORT line of 50 ms, with what follows its fields. */
export function reportLine(request: string, status = ''): string {
  return `REPORT RequestId: ${request}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t${status}\n`;
}
