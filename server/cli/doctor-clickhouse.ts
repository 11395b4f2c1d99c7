/** What the doctor says of ClickHouse. */
import type { Config } from '../config/environment.ts';
import { grantsFor, inspectServer, partsWarning } from '../storage/clickhouse/server-inspection.ts';
import { StoreError } from '../storage/ports.ts';
import type { Finding } from './doctor-checks.ts';

const AREA = 'ClickHouse';

/** Null skew where it could not be asked. */
export async function checkClickHouse(
  clickhouse: NonNullable<Config['clickhouse']>,
): Promise<{ readonly findings: readonly Finding[]; readonly skewMs: number | null }> {
  try {
    const { version, skewMs, schema, manyParts } = await inspectServer(clickhouse);
    const place = `database ${clickhouse.database} at ${new URL(clickhouse.url).host}`;
    const findings: Finding[] = [
      {
        area: AREA,
        verdict: 'ok',
        sentence: `ClickHouse ${version}, ${place}: ${schema === 0 ? 'the first start makes its tables' : `schema ${schema}`}.`,
      },
      {
        area: AREA,
        verdict: 'note',
        sentence: `Users that may do no more than they have to: ${grantsFor(clickhouse).join(' ')}`,
      },
    ];
    if (clickhouse.url.startsWith('http:') && !/^http:\/\/(?:localhost|127\.|\[::1\])/.test(clickhouse.url)) {
      const sentence = 'It is reached by http: its password travels in clear. Use https, or a network of its own.';
      findings.push({ area: AREA, verdict: 'note', sentence });
    }
    for (const table of manyParts) {
      findings.push({ area: AREA, verdict: 'problem', sentence: `${partsWarning(table)}.` });
    }
    return { findings, skewMs };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const grants = grantsFor(clickhouse).join(' ');
    return {
      findings: [{ area: AREA, verdict: 'problem', sentence: `${error.message}. What its users need: ${grants}` }],
      skewMs: null,
    };
  }
}
