import type { LogEvent } from '../records/log-event.ts';

/** Events in order of time: exports and queries may list the newest first. Events of one time keep their order, or its reverse. */
export function inOrder(events: readonly LogEvent[]): readonly LogEvent[] {
  const timeOf = (at: number): number => events[at]?.timestampMs ?? 0;
  if (events.every((event, at) => at === 0 || event.timestampMs >= timeOf(at - 1))) return events;
  const isNewestFirst = timeOf(0) > timeOf(events.length - 1);
  return (isNewestFirst ? events.toReversed() : events).toSorted((a, b) => a.timestampMs - b.timestampMs);
}
