/** Examples of the operations in ../demo.ts. */
import type { demoRoutes } from '../demo.ts';
import type { ExamplesOf } from '../route.ts';

export const demoExamples: ExamplesOf<typeof demoRoutes> = {
  getDemo: { answer: { runningSince: '2026-11-28T07:56:20.358Z', isStored: true, failure: null } },
  startDemo: { answer: {} },
  stopDemo: { answer: {} },
  deleteSimulatedFleet: { answer: {} },
};
