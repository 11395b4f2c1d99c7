import type { LogEvent } from '../records/log-event.ts';

const CONTINUES_REPORT = /^XRAY TraceId:/;
/** First letters of the lines that continue another. */
const CONTINUING = 'XRFES';
const CONTINUES_FAULT = /^(?:Runtime|Function|Extension|Sandbox)\.\w+\s*$/;

/** Tools split one event into lines with a time each: XRAY and error-type lines go back to the line they belong to. */
export function joinedEvents(events: readonly LogEvent[]): readonly LogEvent[] {
  if (events.length === 1) return events;
  const first = events.findIndex((event, at) => continues(event, events[at - 1]));
  if (first === -1) return events;
  const joined = events.slice(0, first);
  for (const event of events.slice(first)) {
    const last = joined.at(-1);
    if (last !== undefined && continues(event, last))
      joined[joined.length - 1] = { ...last, message: `${last.message.trimEnd()}\n${event.message}` };
    else joined.push(event);
  }
  return joined;
}

function continues({ id, message }: LogEvent, last: LogEvent | undefined): boolean {
  if (last === undefined || id !== '' || !CONTINUING.includes(message[0] ?? '')) return false;
  if (last.message.startsWith('REPORT ')) return CONTINUES_REPORT.test(message);
  return last.message.startsWith('RequestId: ') && CONTINUES_FAULT.test(message);
}
