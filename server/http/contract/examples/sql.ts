/** Examples of the operations in ../sql.ts, with lists cut short. */
import type { ExamplesOf } from '../route.ts';
import type { sqlRoutes } from '../sql.ts';

export const sqlExamples: ExamplesOf<typeof sqlRoutes> = {
  getSqlSchema: {
    answer: {
      views: [
        {
          name: 'functions',
          description: 'One row for each function.',
          columns: [{ name: 'function', type: 'text', description: 'Name of the function' }],
        },
      ],
      functions: [
        {
          name: 'quantile(duration_sketch, q)',
          description: 'Aggregate: the q-quantile (0 to 1) of all merged sketches, within 1 %; null without values',
        },
      ],
      available: true,
      reason: null,
    },
  },
  runSql: {
    body: {
      sql: 'SELECT function, sum(cost_usd) AS usd FROM costs GROUP BY function ORDER BY usd DESC',
      limit: 2,
    },
    answer: {
      columns: ['function', 'usd'],
      rows: [
        ['checkout', 12.81],
        ['search', 3.02],
      ],
      truncated: 'rows',
    },
  },
};
