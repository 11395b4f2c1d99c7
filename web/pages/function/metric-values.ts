/** Values of metrics with their units, as CloudWatch names them. */

import { byteSize, integer, significant } from '../../../ingest/text/quantities.ts';
import { count, duration } from '../../format.ts';
import { withUnits } from '../../i18n/translate.ts';

const DASH = '–';
const DIGITS = 4;

/** Milliseconds in a unit of time. */
const TIMES: Readonly<Record<string, number>> = { ms: 1, Milliseconds: 1, Microseconds: 0.001, Seconds: 1000 };
/** Bytes in a unit of size. */
const SIZES: Readonly<Record<string, number>> = {
  bytes: 1,
  Bytes: 1,
  Kilobytes: 2 ** 10,
  Megabytes: 2 ** 20,
  Gigabytes: 2 ** 30,
  Terabytes: 2 ** 40,
};

/** `null` is a dash: not known. */
export function metricValue(value: number | null, unit: string | null): string {
  if (value === null) return DASH;
  const ms = TIMES[unit ?? ''];
  if (ms !== undefined) return value < 0 ? `${plainNumber(value)} ${unit ?? ''}` : duration(value * ms);
  const bytes = SIZES[unit ?? ''];
  if (bytes !== undefined && value >= 0) return byteSize(value * bytes);
  if (unit === 'ratio') return withUnits(`${significant(value * 100, DIGITS)} %`);
  if (unit === 'percent' || unit === 'Percent') return withUnits(`${significant(value, DIGITS)} %`);
  if (unit === null || unit === 'None' || unit === 'count' || unit === 'Count') return plainNumber(value);
  return `${plainNumber(value)} ${unit}`;
}

function plainNumber(value: number): string {
  if (Number.isInteger(value)) return Math.abs(value) < LONG ? integer(value) : count(value);
  return significant(value, DIGITS);
}

/** Whole numbers are written out up to here. */
const LONG = 1e6;
