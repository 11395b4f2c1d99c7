/** Times in fields of the type `datetime-local`, as the clocks of the chosen zone show them. */
import { parseIsoTime } from '../../ingest/records/time.ts';
import type { Zone } from './zone.ts';
import { fromZoned, zoneOffsetMs } from './zone.ts';

/** `2026-11-21T03:04`. */
export function fieldText(ms: number, zone: Zone): string {
  return new Date(ms + zoneOffsetMs(ms, zone)).toISOString().slice(0, 16);
}

/** Null while a part of the field is empty. */
export function fieldMs(text: string, zone: Zone): number | null {
  const clockMs = parseIsoTime(text);
  return clockMs === null ? null : fromZoned(clockMs, zone);
}
