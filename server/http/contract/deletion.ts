/** Deletion of stored telemetry. */
import { emptyAnswer } from './common.ts';
import { functionParams } from './functions.ts';
import { declareRoutes } from './route.ts';

export const deletionRoutes = declareRoutes({
  deleteFunction: {
    method: 'delete',
    path: '/api/v1/functions/:id',
    scope: 'admin',
    tag: 'Functions',
    summary: 'Delete everything that is stored of a function; what is delivered again afterwards is stored as new',
    params: functionParams,
    answer: emptyAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  deleteSimulatedFleet: {
    method: 'delete',
    path: '/api/v1/demo',
    scope: 'admin',
    tag: 'Functions',
    summary: 'Delete everything that is stored of the simulated fleet (account 000000000000)',
    answer: emptyAnswer,
  },
});
