/** Handlers of the demo. */
import { SIMULATED_ACCOUNT } from '../../../ingest/records/demo-scope.ts';
import { DAY_MS, isoOrNull } from '../../../ingest/records/time.ts';
import { demoRoutes } from '../contract/demo.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

/** Longer than it simulates. */
const LONGEST_MS = 100 * DAY_MS;

export const demoHandlers = implement(demoRoutes, {
  getDemo: async ({ context }) => {
    const { startedMs, failure } = context.demo.state();
    const nowMs = context.now();
    const ever = { fromMs: nowMs - LONGEST_MS, toMs: nowMs + DAY_MS };
    const stored = await context.store.read.functionIds({ ...ever, account: SIMULATED_ACCOUNT });
    return { runningSince: isoOrNull(startedMs), isStored: stored.length > 0, failure };
  },
  startDemo: async ({ context }) => {
    if (context.demo.state().startedMs !== null) throw new ProblemError('conflict', 'The demo is running already');
    await context.store.deleteTelemetry({ account: SIMULATED_ACCOUNT });
    await context.tags.removeAccount(SIMULATED_ACCOUNT);
    if (!context.demo.start()) throw new ProblemError('conflict', 'The demo is running already');
    return {};
  },
  stopDemo: async ({ context }) => {
    await context.demo.stop();
    return {};
  },
  deleteSimulatedFleet: async ({ context }) => {
    await context.demo.stop();
    await context.store.deleteTelemetry({ account: SIMULATED_ACCOUNT });
    return {};
  },
});
