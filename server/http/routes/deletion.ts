/** Handlers that delete stored telemetry. */
import { SIMULATED_ACCOUNT } from '../../../ingest/records/demo-scope.ts';
import { deletionRoutes } from '../contract/deletion.ts';
import { implement } from '../implement.ts';
import { functionOf } from '../query.ts';

export const deletionHandlers = implement(deletionRoutes, {
  deleteFunction: async ({ context, params }) => {
    const { functionId } = await functionOf(params.id, context.store);
    await context.store.deleteTelemetry({ functionIds: [functionId] });
    return {};
  },
  deleteSimulatedFleet: async ({ context }) => {
    await context.store.deleteTelemetry({ account: SIMULATED_ACCOUNT });
    return {};
  },
});
