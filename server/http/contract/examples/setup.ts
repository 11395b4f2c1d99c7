/** Examples of the operations in ../setup.ts. */
import type { ExamplesOf } from '../route.ts';
import type { setupRoutes } from '../setup.ts';

export const setupExamples: ExamplesOf<typeof setupRoutes> = {
  getSetup: { answer: { connected: true, inventory: true, retention: false, alert: false, password: false } },
};
