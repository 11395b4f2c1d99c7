/** Handlers of the SQL console. */
import type { SqlOutcome, SqlRows } from '../../storage/ports.ts';
import { SQL_FUNCTIONS, SQL_VIEWS } from '../../storage/sql/catalogue.ts';
import { sqlRoutes, TRUNCATED_HEADER } from '../contract/sql.ts';
import { implement } from '../implement.ts';
import { LargeBody } from '../json-body.ts';
import { ProblemError } from '../problems.ts';

const TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

export const sqlHandlers = implement(sqlRoutes, {
  getSqlSchema: async ({ context }) => {
    const reason = typeof context.sql === 'string' ? context.sql : null;
    return {
      views: SQL_VIEWS.map((view) => ({ ...view, columns: [...view.columns] })),
      functions: [...SQL_FUNCTIONS],
      available: reason === null,
      reason,
    };
  },
  runSql: async ({ context, body, request }) => {
    if (body instanceof LargeBody) throw new ProblemError('payload-too-large');
    if (typeof context.sql === 'string') throw new ProblemError('not-available', context.sql);
    const { sql, limit } = body;
    const format = body.format ?? formatOf(request.headers.get('accept') ?? '');
    const found = rowsOf(await context.sql.run({ sql, limit, format }, request.signal), sql);
    return new Response(new Blob([...found.body]), {
      headers: {
        'content-type': TYPES[format],
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...(found.truncated === null ? {} : { [TRUNCATED_HEADER]: found.truncated }),
        ...(format === 'json' ? {} : { 'content-disposition': `attachment; filename="thermocline-sql.${format}"` }),
      },
    });
  },
});

function formatOf(accept: string): keyof typeof TYPES {
  if (accept.includes('text/csv')) return 'csv';
  return accept.includes('application/x-ndjson') ? 'ndjson' : 'json';
}

/** @throws ProblemError if there are no rows */
function rowsOf(outcome: SqlOutcome, sql: string): SqlRows {
  switch (outcome.kind) {
    case 'rows':
      return outcome;
    case 'refused': {
      const message = outcome.at === null ? outcome.message : `${positionOf(sql, outcome.at)}: ${outcome.message}`;
      throw new ProblemError('invalid-request', 'The statement is not valid', [{ field: 'sql', message }]);
    }
    case 'deadline':
      throw new ProblemError(
        'deadline',
        `The query took longer than ${outcome.ms / 1000} s and was ended. Choose a shorter time range, or fewer rows to join and to sort`,
      );
    case 'memory':
      throw new ProblemError(
        'query-too-large',
        `The query needed more than ${Math.round(outcome.bytes / 1_048_576)} MB of memory and was ended. Group or limit before you sort and join`,
      );
    case 'busy':
      throw new ProblemError('unavailable', 'Too many SQL queries run at once. Retry later', [], outcome.retryAfterSec);
    case 'abandoned':
      throw new ProblemError('unavailable', 'The client left');
    case 'failed':
      throw new ProblemError('unavailable', `The query could not be run: ${outcome.message}`);
    default:
      return outcome satisfies never;
  }
}

/** Line and column of an offset, from 1. */
function positionOf(sql: string, at: number): string {
  const before = sql.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
