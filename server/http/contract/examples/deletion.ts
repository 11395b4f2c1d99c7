/** Examples of the operations in ../deletion.ts. */

import type { deletionRoutes } from '../deletion.ts';
import type { ExamplesOf } from '../route.ts';

export const deletionExamples: ExamplesOf<typeof deletionRoutes> = {
  deleteFunction: { params: { id: '000000000000:eu-west-1:checkout' }, answer: {} },
  deleteSimulatedFleet: { answer: {} },
};
