/** All data about one request id: attempts with their log lines, and faults. */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import type { InvocationDetail, StoredInvocation } from '../../ports.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { blockLines, DamagedBlockError } from '../../sqlite/lines/block.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { environmentFacts } from '../environments/sqlite.ts';
import type { EnvironmentFacts } from '../environments/types.ts';
import { faultsOfAttempts } from '../invocations/result.ts';
import { byRequestId } from '../invocations/sqlite.ts';
import { statusName } from '../invocations/sqlite-details.ts';
import { attemptOf, chunkBounds, linesIn, linesOfChunks, MOST_CHUNKS, mayHaveNext } from './result.ts';
import type { AttemptLines, Neighbour, Neighbours } from './types.ts';
import { NEIGHBOUR_MS } from './types.ts';

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
        const { lines, omitted } = await linesOf(db, attempt);
        const neighbours = attempt.environmentId > 0 ? neighboursOf(db, attempt, known) : null;
        return { invocation: attempt, lines, omittedLines: omitted, environment: known, neighbours };
      }),
    ),
    faults: faultsOfAttempts(attempts.map(attemptOf), faults).map(({ requestId: _, ...fault }) => fault),
  };
}

interface Key {
  functionId: number;
  environmentId: number;
  endMs: number;
  untilMs: number;
}
const NEIGHBOUR_COLUMNS = ['request_id', 'run_ms', 'end_ms', 'duration_us', 'status'] as const;

/** The invocation of the environment that ended next to `endMs`, up to `untilMs`. */
const nextTo = (side: 'before' | 'after') =>
  telemetryStatement((db, param: Param<Key>) =>
    db
      .selectFrom('invocation')
      .select(NEIGHBOUR_COLUMNS)
      .where('function_id', '=', param('functionId'))
      .where('environment_id', '=', param('environmentId'))
      .where('end_ms', side === 'before' ? '<' : '>', param('endMs'))
      .where('end_ms', side === 'before' ? '>=' : '<=', param('untilMs'))
      .orderBy('end_ms', side === 'before' ? 'desc' : 'asc')
      .limit(1),
  );
const PREVIOUS = nextTo('before');
const NEXT = nextTo('after');

function neighboursOf(
  db: Databases,
  { functionId, environmentId, endMs }: StoredInvocation,
  environment: EnvironmentFacts | null,
): Neighbours {
  const found = (statement: typeof NEXT, untilMs: number): Neighbour | null => {
    const row = statement.get(db.telemetry, { functionId, environmentId, endMs, untilMs });
    if (row === undefined) return null;
    const startMs = row.run_ms === null ? null : row.end_ms - row.run_ms;
    const requestId = requestIdText(row.request_id);
    return {
      requestId,
      startMs,
      endMs: row.end_ms,
      durationMs: row.duration_us / 1000,
      status: statusName(row.status),
    };
  };
  return {
    previous: found(PREVIOUS, endMs - NEIGHBOUR_MS),
    next: mayHaveNext(endMs, environment) ? found(NEXT, endMs + NEIGHBOUR_MS) : null,
  };
}

async function linesOf(db: Databases, attempt: StoredInvocation): Promise<AttemptLines> {
  const { lastFromMs, firstToMs } = chunkBounds(attempt);
  const chunks = await db.telemetry
    .selectFrom('raw_chunk')
    .select('gzip')
    .where('environment_id', '=', attempt.environmentId)
    .where('last_ms', '>=', lastFromMs)
    .where('first_ms', '<=', firstToMs)
    .limit(MOST_CHUNKS)
    .execute();
  const waiting = linesOfChunks(
    attempt.environmentId,
    chunks.map((chunk) => chunk.gzip),
  );
  return linesIn([...packedLines(db, attempt), ...waiting], attempt);
}

/** Lines of the environment in blocks of its function, from which most others are left out without reading their text. */
function packedLines(db: Databases, { functionId, environmentId, ...attempt }: StoredInvocation): readonly KeptLine[] {
  const { lastFromMs: fromMs, firstToMs: toMs } = chunkBounds({ functionId, environmentId, ...attempt });
  const blocks = db.telemetry.iterate(
    db.telemetry
      .selectFrom('line_block')
      .select(['id', 'head', 'body'])
      .where('function_id', '=', functionId)
      .where('last_ms', '>=', fromMs)
      .where('first_ms', '<=', toMs)
      .orderBy('last_ms')
      .limit(MOST_CHUNKS),
  );
  const found: KeptLine[] = [];
  for (const { id, ...block } of blocks) {
    try {
      found.push(...blockLines(block, { environmentId, fromMs, toMs }));
    } catch (error) {
      if (!(error instanceof DamagedBlockError)) throw error;
      reportSkippedRow('line_block', `line_block ${id}`, error.message);
    }
  }
  return found;
}
