import type { LogEvent } from '../records/log-event.ts';

const CONTINUES_REPORT = /^XRAY TraceId:/;
/** First letters of the lines that continue another, by their character codes. */
const CONTINUING = new Uint8Array(0x80);
for (const letter of 'XRFES') CONTINUING[letter.charCodeAt(0)] = 1;
const CONTINUES_FAULT = /^(?:Runtime|Function|Extension|Sandbox)\.\w+\s*$/;

/** Tools split one event into lines with a time each: XRAY and error-type lines go back to the line they belong to. */
export function joinedEvents(events: readonly LogEvent[]): readonly LogEvent[] {
  if (events.length === 1) return events;
  const first = firstContinuing(events);
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

/** The index of the first event that continues the one before; -1 if there is none. */
function firstContinuing(events: readonly LogEvent[]): number {
  for (let at = 1; at < events.length; at += 1) {
    const event = events[at];
    if (event !== undefined && CONTINUING[event.message.charCodeAt(0)] === 1 && continues(event, events[at - 1]))
      return at;
  }
  return -1;
}

function continues({ id, message }: LogEvent, last: LogEvent | undefined): boolean {
  if (last === undefined || id !== '' || CONTINUING[message.charCodeAt(0)] !== 1) return false;
  if (last.message.startsWith('REPORT ')) return CONTINUES_REPORT.test(message);
  return last.message.startsWith('RequestId: ') && CONTINUES_FAULT.test(message);
}
