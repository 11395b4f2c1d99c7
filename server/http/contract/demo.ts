/** The demo: a simulated fleet, loaded and kept moving by the server. */
import * as z from 'zod';
import { emptyAnswer, isoTime } from './common.ts';
import { declareRoutes } from './route.ts';

export const demoAnswer = z
  .object({
    runningSince: isoTime
      .nullable()
      .describe('When the demo that is loading or sends live data was started; null if none is'),
    isStored: z.boolean().describe('Data of the simulated fleet is stored (account 000000000000)'),
    failure: z.string().nullable().describe('Why the last run ended by itself; null if it did not'),
  })
  .meta({ id: 'DemoState' });

export const demoRoutes = declareRoutes({
  getDemo: {
    method: 'get',
    path: '/api/v1/demo',
    scope: 'read',
    tag: 'Ingest',
    summary: 'Get whether the simulated fleet is stored and moving',
    answer: demoAnswer,
  },
  startDemo: {
    method: 'post',
    path: '/api/v1/demo',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Load the simulated fleet in place of an earlier one, and send its live data until it is stopped',
    answer: emptyAnswer,
    problems: ['conflict'],
  },
  stopDemo: {
    method: 'post',
    path: '/api/v1/demo/stop',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Stop the live data of the simulated fleet; what is stored stays',
    answer: emptyAnswer,
  },
  deleteSimulatedFleet: {
    method: 'delete',
    path: '/api/v1/demo',
    scope: 'admin',
    tag: 'Ingest',
    summary: 'Stop the simulated fleet and delete everything that is stored of it (account 000000000000)',
    answer: emptyAnswer,
  },
});
