/** Durations and texts of PromQL. */
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { promqlDurationMs } from '../../presentation/promql-duration.ts';

/** About what Prometheus can represent. */
const LONGEST_YEARS = 290;

/** A duration such as `1h30m`, ms. @throws PromqlError */
export function durationMs(text: string): number {
  const ms = promqlDurationMs(text);
  if (ms === null)
    throw new PromqlError('bad_data', `not a valid duration string: ${JSON.stringify(text.slice(0, 40))}`);
  if (ms > LONGEST_YEARS * 365 * DAY_MS) throw new PromqlError('bad_data', 'duration out of range');
  return ms;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The text of a literal in double quotes, single quotes or backticks, with the escapes of Go. @throws PromqlError */
export function textOf(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^xuU0-7])|.?)/gs,
    (all, hex?: string, four?: string, eight?: string, octal?: string, letter?: string) => {
      const code = hex ?? four ?? eight;
      const point =
        code === undefined ? (octal === undefined ? null : Number.parseInt(octal, 8)) : Number.parseInt(code, 16);
      if (point !== null && point <= 0x10_ffff) return String.fromCodePoint(point);
      const known = letter === undefined ? undefined : ESCAPES[letter];
      if (known === undefined) throw new PromqlError('bad_data', `parse error: invalid escape ${JSON.stringify(all)}`);
      return known;
    },
  );
}
