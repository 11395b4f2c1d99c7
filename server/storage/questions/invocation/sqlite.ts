/** All data about one request id: attempts with their log lines, and faults. */

import type { InvocationDetail, LogLine, StoredInvocation } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { environmentFacts } from '../environments/sqlite.ts';
import { faultsOfAttempts } from '../invocations/result.ts';
import { byRequestId } from '../invocations/sqlite.ts';
import { attemptOf, chunkBounds, linesIn, MOST_CHUNKS } from './result.ts';

export async function invocation(
  db: Databases,
  query: { readonly requestId: string },
): Promise<InvocationDetail | null> {
  const attempts = await byRequestId(db, query.requestId);
  if (attempts.length === 0) return null;
  const facts = await environmentFacts(
    db,
    attempts.map((attempt) => attempt.environmentId),
  );
  // Lines without a log stream have the function's id, negated.
  const ids = attempts.flatMap(({ environmentId, functionId }) => [environmentId, -functionId]);
  const faults = await db.telemetry
    .selectFrom('fault')
    .select(['at_ms as atMs', 'kind', 'request_id as requestId', 'error_type as errorType', 'message', 'stack'])
    .where((eb) =>
      eb.or([
        eb.and([
          eb(
            'environment_id',
            'in',
            ids.filter((id) => id > 0),
          ),
          eb('request_id', '=', ''),
        ]),
        eb.and([eb('environment_id', 'in', ids), eb('request_id', '=', query.requestId)]),
      ]),
    )
    .orderBy('at_ms')
    .orderBy('kind')
    .execute();
  return {
    attempts: await Promise.all(
      attempts.map(async (attempt) => {
        // Of an environment whose row is damaged, nothing is known.
        const known = attempt.environmentId > 0 ? (facts.get(attempt.environmentId) ?? null) : null;
        return { invocation: attempt, lines: await linesOf(db, attempt), environment: known };
      }),
    ),
    faults: faultsOfAttempts(attempts.map(attemptOf), faults).map(({ requestId: _, ...fault }) => fault),
  };
}

async function linesOf(db: Databases, attempt: StoredInvocation): Promise<readonly LogLine[]> {
  const { lastFromMs, firstToMs } = chunkBounds(attempt);
  const chunks = await db.telemetry
    .selectFrom('raw_chunk')
    .select('gzip')
    .where('environment_id', '=', attempt.environmentId)
    .where('last_ms', '>=', lastFromMs)
    .where('first_ms', '<=', firstToMs)
    .limit(MOST_CHUNKS)
    .execute();
  return linesIn(
    chunks.map((chunk) => chunk.gzip),
    attempt,
  );
}
