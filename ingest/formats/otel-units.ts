/** Units of CloudWatch by those that OpenTelemetry's format states: "Translations with OpenTelemetry 1.0.0 format" of the guide. */
const UNITS: Readonly<Record<string, string>> = {
  s: 'Seconds',
  us: 'Microseconds',
  ms: 'Milliseconds',
  By: 'Bytes',
  kBy: 'Kilobytes',
  MBy: 'Megabytes',
  GBy: 'Gigabytes',
  TBy: 'Terabytes',
  bit: 'Bits',
  kbit: 'Kilobits',
  MBit: 'Megabits',
  GBit: 'Gigabits',
  Tbit: 'Terabits',
  '%': 'Percent',
  '{Count}': 'Count',
  '1': 'None',
};

/** As CloudWatch names it, so that a metric is the same in every format; the unit itself if it is none of those. */
export function cloudWatchUnit(unit: string): string | null {
  if (unit === '') return null;
  const own = unit.endsWith('/s') ? unit.slice(0, -2) : unit;
  const known = Object.hasOwn(UNITS, own) ? UNITS[own] : undefined;
  if (known === undefined) return unit;
  return own === unit ? known : `${known}/Second`;
}
