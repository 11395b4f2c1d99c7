import type { LogEvent } from '../records/log-event.ts';

const CONTINUES_REPORT = /^XRAY TraceId:/;
/** First letters of the lines that continue another. */
const CONTINUING = 'XRFES';
const CONTINUES_FAULT = /^(?:Runtime|Function|Extension|Sandbox)\.\w+\s*$/;

/** Tools split one event into lines with a time each: XRAY and error-type lines go back to the line they belong to. */
export function joinedEvents(events: readonly LogEvent[]): readonly LogEvent[] {
  if (events.length < 2) return events;
  const joined: LogEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const continues =
      last !== undefined &&
      event.id === '' &&
      CONTINUING.includes(event.message[0] ?? '') &&
      ((CONTINUES_REPORT.test(event.message) && last.message.startsWith('REPORT ')) ||
        (CONTINUES_FAULT.test(event.message) && last.message.startsWith('RequestId: ')));
    if (continues) joined[joined.length - 1] = { ...last, message: `${last.message.trimEnd()}\n${event.message}` };
    else joined.push(event);
  }
  return joined;
}
