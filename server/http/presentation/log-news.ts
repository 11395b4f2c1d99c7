/** New lines of a search as the thread that finds them passes them on: facts in the first line, then their events. */
import * as z from 'zod';

const facts = z.object({
  /** Of all lines of the page. */
  keys: z.array(z.string()).readonly(),
  sent: z.int(),
  notSent: z.int(),
});

type LogNewsFacts = Readonly<z.infer<typeof facts>>;

export interface LogNews extends LogNewsFacts {
  /** A server-sent event for each line, the oldest first. */
  readonly events: Uint8Array<ArrayBuffer>;
}

export function logNewsText(given: LogNewsFacts, events: readonly string[]): string {
  return `${JSON.stringify(given)}\n${events.join('')}`;
}

/** Reads what {@link logNewsText} wrote. */
export function readLogNews(bytes: Uint8Array<ArrayBuffer>): LogNews {
  const end = bytes.indexOf(0x0a);
  const given: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  return { ...facts.parse(given), events: bytes.subarray(end + 1) };
}
