/** `--output text` and `--output yaml` of `aws logs filter-log-events` and `get-log-events`. */
import { parse } from 'yaml';
import type { ExportEvent, ExportRead } from './export-event.ts';
import { readEpoch } from './export-event.ts';

/** EVENTS, event id, ingestion time, stream, message, timestamp; get-log-events has neither id nor stream. */
const FILTER_EVENT = /^EVENTS\t(\d{56})\t(\d{13})\t([^\t\n]{1,600})\t([\s\S]*?)\n?\t(\d{13})$/;
const GET_EVENT = /^EVENTS\t(\d{13})\t([\s\S]*?)\n?\t(\d{13})$/;

/** null when the text is none. */
export function readTextOutput(text: string): ExportRead | null {
  if (!/^EVENTS\t/m.test(text)) return null;
  const events: ExportEvent[] = [];
  const problems: { reason: string; text: string }[] = [];
  for (const piece of text.split(/^(?=EVENTS\t)/m)) {
    // Other rows of the output, such as SEARCHEDLOGSTREAMS, follow the last event.
    const own = piece.replace(/\n(?:SEARCHEDLOGSTREAMS|NEXTTOKEN)\t[\s\S]*$/, '').trimEnd();
    const filter = FILTER_EVENT.exec(own);
    const get = filter === null ? GET_EVENT.exec(own) : null;
    const timestampMs = readEpoch(Number(filter?.[5] ?? get?.[3] ?? Number.NaN));
    if (timestampMs !== null)
      events.push({
        timestampMs,
        message: filter?.[4] ?? get?.[2] ?? '',
        stream: filter?.[3] ?? '',
        id: filter?.[1] ?? '',
        group: null,
        account: null,
      });
    else if (own.startsWith('EVENTS')) problems.push({ reason: 'not-a-log-event', text: own });
  }
  return { events, problems };
}

/** The document as a value, or null when the text is no such YAML. */
export function readYamlOutput(text: string): unknown {
  if (!/^events:\s*\n\s*- \w+:/m.test(text)) return null;
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return null;
  }
}
