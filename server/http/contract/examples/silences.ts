/** Examples of the operations in ../silences.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { ExamplesOf } from '../route.ts';
import type { silenceRoutes } from '../silences.ts';

export const silenceExamples: ExamplesOf<typeof silenceRoutes> = {
  listSilences: {
    answer: {
      items: [
        {
          id: 'si_9f234e8530dffa0f6710eb17',
          createdBy: 'ana',
          comment: 'Planned migration',
          matchers: [{ name: 'function', value: 'webhook-fanout', isRegex: false, isEqual: true }],
          startsAt: '2026-11-28T07:57:01.215Z',
          endsAt: '2026-12-24T06:00:00.000Z',
          state: 'active',
          revision: 'Pm0rQk2Vb7xEXAMP',
        },
      ],
      nextCursor: null,
    },
  },
  createSilence: {
    body: {
      matchers: [{ name: 'function', value: 'webhook-fanout' }],
      endsAt: '2026-12-24T06:00:00.000Z',
      createdBy: 'ana',
      comment: 'Planned migration',
    },
    answer: {
      id: 'si_9f234e8530dffa0f6710eb17',
      createdBy: 'ana',
      comment: 'Planned migration',
      matchers: [{ name: 'function', value: 'webhook-fanout', isRegex: false, isEqual: true }],
      startsAt: '2026-11-28T07:57:01.215Z',
      endsAt: '2026-12-24T06:00:00.000Z',
      state: 'active',
      revision: 'Pm0rQk2Vb7xEXAMP',
    },
  },
  updateSilence: {
    params: { id: 'si_9f234e8530dffa0f6710eb17' },
    body: {
      matchers: [{ name: 'function', value: 'webhook-fanout' }],
      endsAt: '2026-12-28T06:00:00.000Z',
      revision: 'Pm0rQk2Vb7xEXAMP',
    },
    answer: {
      id: 'si_9f234e8530dffa0f6710eb17',
      createdBy: 'ana',
      comment: 'Planned migration',
      matchers: [{ name: 'function', value: 'webhook-fanout', isRegex: false, isEqual: true }],
      startsAt: '2026-11-28T07:57:01.215Z',
      endsAt: '2026-12-28T06:00:00.000Z',
      state: 'active',
      revision: 'c1Wd9hJ5sUeEXAMP',
    },
  },
  expireSilence: {
    params: { id: 'si_9f234e8530dffa0f6710eb17' },
    answer: {
      id: 'si_9f234e8530dffa0f6710eb17',
      createdBy: 'ana',
      comment: 'Planned migration',
      matchers: [{ name: 'function', value: 'webhook-fanout', isRegex: false, isEqual: true }],
      startsAt: '2026-11-28T07:57:01.215Z',
      endsAt: '2026-11-28T07:57:01.220Z',
      state: 'expired',
      revision: 'x4TzN81cKq0EXAMP',
    },
  },
};
