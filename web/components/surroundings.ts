import { MINUTE_MS } from '../../ingest/records/time.ts';
import type { LogLine } from '../../server/http/contract/logs.ts';
import { hrefTo } from '../state/location.ts';

/** The lines of the same stream in the minute before and after. */
export function surroundings({
  timestamp,
  logGroup,
  logStream,
  function: { id },
}: Pick<LogLine, 'timestamp' | 'logGroup' | 'logStream'> & { readonly function: { readonly id: string } }): string {
  const ms = Date.parse(timestamp);
  const stream = logStream ?? '';
  return hrefTo('/logs', {
    from: new Date(ms - MINUTE_MS).toISOString(),
    to: new Date(ms + MINUTE_MS).toISOString(),
    function: id,
    q: `${condition('group', logGroup)} ${condition('stream', stream)}`,
  });
}

function condition(field: string, value: string): string {
  return `${field}:"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
