/** Handlers of imported load tests and their comparison. */

import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { StoredLoadTest } from '../../storage/questions/load-tests/types.ts';
import { loadTestRoutes } from '../contract/load-tests.ts';
import { implement } from '../implement.ts';
import { importedPage, readImportedCursor } from '../presentation/imported-page.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';

export const loadTestHandlers = implement(loadTestRoutes, {
  listLoadTests: async ({ context, query }) => {
    const functionId =
      query.function === undefined ? undefined : (await functionOf(query.function, context.store)).functionId;
    const after = readImportedCursor(query.cursor);
    const found = await context.store.read.loadTests({ functionId, limit: query.limit + 1, after });
    const { items, nextCursor } = importedPage(found, query.limit);
    return { items: items.map(viewOf), nextCursor };
  },
  compareLoadTests: async ({ context, query }) => {
    const found = await context.store.read.loadTests({ ids: [query.before, query.after], limit: 2 });
    const run = (field: 'before' | 'after'): StoredLoadTest => {
      const test = found.find((one) => one.id === query[field]);
      if (test === undefined) throw new ProblemError('not-found', `${field}: unknown load test`);
      return test;
    };
    const [before, after] = [run('before'), run('after')];
    const { tails, verdict, reason } = await context.analysis.run('compareLoad', before, after);
    return {
      before: viewOf(before),
      after: viewOf(after),
      tails: [...tails],
      verdict,
      reason: sentenceOf(reason),
      reasonCode: codeOf(reason),
      method: METHOD.text,
      methodCode: codeOf(METHOD),
    };
  },
});

const METHOD = reasonOf('load-tests-method');

function viewOf(test: StoredLoadTest) {
  return {
    id: test.id,
    tool: test.tool,
    name: test.name,
    function: test.functionName,
    importedAt: iso(test.importedMs),
    startedAt: isoOrNull(test.atMs),
    requests: test.requests,
    failures: test.failures,
    fastestMs: test.fastestMs,
    slowestMs: test.slowestMs,
    averageMs: test.averageMs,
    requestsPerSecond: test.requestsPerSecond,
    histogram: [...test.histogram],
    quantiles: [...test.quantiles],
  };
}
