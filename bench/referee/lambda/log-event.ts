/** Log events as CloudWatch Logs keeps them, in Lambda's text or JSON format. */
import { jsonEvents } from './json-lines.ts';
import type { Outcome } from './outcome.ts';
import type { FunctionPlan } from './plan.ts';
import { textEvents } from './text-lines.ts';

export interface LogEvent {
  /** Decimal, ordered by time, unique: CloudWatch Logs prints 56 digits. */
  readonly id: string;
  readonly stream: string;
  /** Whole milliseconds since 1970, as CloudWatch Logs stores them. */
  readonly timestampMs: number;
  readonly message: string;
}

/** A line before it gets its id. `order` keeps the lines of one millisecond in the order in which they were written. */
export type Line = Omit<LogEvent, 'id'>;

/** All events of a function in order of time. `atMs` of the simulation is cut to whole milliseconds. */
export function logEvents(plan: FunctionPlan, outcome: Outcome): readonly LogEvent[] {
  const lines = plan.format === 'text' ? textEvents(plan, outcome) : jsonEvents(plan, outcome);
  return lines
    .toSorted((left, right) => left.timestampMs - right.timestampMs)
    .map((line, index) => ({ id: eventId(line.timestampMs, index), ...line }));
}

function eventId(timestampMs: number, index: number): string {
  return `3${String(timestampMs).padStart(20, '0')}${String(index).padStart(35, '0')}`;
}
