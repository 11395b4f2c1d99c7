/** Examples of the operations in ../tuning-runs.ts. */
import type { ExamplesOf } from '../route.ts';
import type { tuningRunRoutes } from '../tuning-runs.ts';

export const tuningRunExamples: ExamplesOf<typeof tuningRunRoutes> = {
  listTuningRuns: {
    query: { function: 'checkout', limit: 5 },
    answer: {
      items: [
        {
          id: '2e6f1c0a9b7d4e5380f1a2b3c4d5e6f7',
          importedAt: '2026-11-28T07:56:59.360Z',
          startedAt: '2026-11-27T16:02:11.000Z',
          invocations: 50,
          coldStarts: false,
          chosenMb: 512,
          points: [
            { memoryMb: 512, durationMs: 88.51, costUsd: 7.56e-7 },
            { memoryMb: 1024, durationMs: 66.24, costUsd: 0.0000011256 },
          ],
          function: 'checkout',
        },
      ],
      nextCursor: null,
    },
  },
  deleteTuningRun: { params: { id: '2e6f1c0a9b7d4e5380f1a2b3c4d5e6f7' }, answer: {} },
};
