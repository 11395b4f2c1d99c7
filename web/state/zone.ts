/** Time zones in which times are shown: UTC, that of the browser, or any zone of the IANA data base. */

import { MINUTE_MS } from '../../ingest/records/time.ts';
import { t } from '../i18n/translate.ts';

/** `utc`, `local`, or a name such as `Europe/Berlin`. */
export type Zone = string;

/** Key of the chosen zone in this browser; the URL overrides it. */
const KEPT = 'zone';
const QUARTER_MS = 15 * MINUTE_MS;

/** The zone of a URL's query, or the one that was chosen last in this browser; UTC where neither names one. */
export function zoneOf(query: URLSearchParams): Zone {
  const zone = query.get('tz') ?? localStorage.getItem(KEPT) ?? 'utc';
  return isZone(zone) ? zone : 'utc';
}

/** Keeps the zone for pages that are opened without one. */
export function rememberZone(zone: Zone): void {
  localStorage.setItem(KEPT, zone);
}

export function isZone(zone: string): boolean {
  return zone === 'utc' || zone === 'local' || formatterOf(zone) !== null;
}

/** The zone's name for people: `UTC`, `Local (Europe/Berlin)`, `Asia/Tokyo`. */
export function zoneName(zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  return zone === 'local' ? t('Local ({zone})', { zone: localZone() }) : zone;
}

/** The IANA name of the browser's zone. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** All zones that can be chosen by name. */
export function zoneNames(): readonly string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** What the zone is ahead of UTC at this time, in ms. */
export function zoneOffsetMs(ms: number, zone: Zone): number {
  if (zone === 'utc') return 0;
  if (zone === 'local') return -new Date(ms).getTimezoneOffset() * MINUTE_MS;
  const formatter = formatterOf(zone);
  if (formatter === null || !Number.isFinite(ms)) return 0;
  // Zones change at full quarters of an hour.
  const quarter = Math.floor(ms / QUARTER_MS) * QUARTER_MS;
  const offsets = OFFSETS.get(zone) ?? new Map<number, number>();
  OFFSETS.set(zone, offsets);
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  const offset = offsetOf(formatter, quarter);
  offsets.set(quarter, offset);
  return offset;
}

/** Epoch ms of a time of the zone's clocks, given as if it were UTC. A time that clocks skip is read with the offset before. */
export function fromZoned(clockMs: number, zone: Zone): number {
  const guess = clockMs - zoneOffsetMs(clockMs, zone);
  const ms = clockMs - zoneOffsetMs(guess, zone);
  return ms + zoneOffsetMs(ms, zone) === clockMs ? ms : guess;
}

const OFFSETS = new Map<Zone, Map<number, number>>();
const FORMATTERS = new Map<Zone, Intl.DateTimeFormat | null>();

/** Null if there is no such zone. */
function formatterOf(zone: Zone): Intl.DateTimeFormat | null {
  const known = FORMATTERS.get(zone);
  if (known !== undefined) return known;
  const made = madeFormatter(zone);
  FORMATTERS.set(zone, made);
  return made;
}

function madeFormatter(timeZone: string): Intl.DateTimeFormat | null {
  const numeric = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      ...{ year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
      hourCycle: 'h23',
    });
  } catch {
    return null;
  }
}

function offsetOf(formatter: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - ms;
}
