/** ClickHouse checks of the doctor. */
import type { Config } from '../config/environment.ts';
import { grantsFor, inspectServer, partsWarning } from '../storage/clickhouse/server-inspection.ts';
import { StoreError } from '../storage/ports.ts';
import type { Finding } from './doctor-checks.ts';

const AREA = 'ClickHouse';

/** `skewMs` is our clock minus ClickHouse's; null if it could not be read. */
export async function checkClickHouse(
  clickhouse: NonNullable<Config['clickhouse']>,
): Promise<{ readonly findings: readonly Finding[]; readonly skewMs: number | null }> {
  try {
    const { version, skewMs, schema, manyParts } = await inspectServer(clickhouse);
    const location = `database ${clickhouse.database} at ${new URL(clickhouse.url).host}`;
    const findings: Finding[] = [
      {
        area: AREA,
        verdict: 'ok',
        sentence: `ClickHouse ${version}, ${location}: ${schema === 0 ? 'the first start creates the tables' : `schema ${schema}`}.`,
      },
      {
        area: AREA,
        verdict: 'note',
        sentence: `Minimal grants of its users: ${grantsFor(clickhouse).join(' ')}`,
      },
    ];
    if (clickhouse.url.startsWith('http:') && !/^http:\/\/(?:localhost|127\.|\[::1\])/.test(clickhouse.url)) {
      const sentence = 'Connections use http: the password is sent unencrypted. Use https or a private network.';
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
      findings: [{ area: AREA, verdict: 'problem', sentence: `${error.message}. Required grants: ${grants}` }],
      skewMs: null,
    };
  }
}
