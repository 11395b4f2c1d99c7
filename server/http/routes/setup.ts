/** Handler of the state of the setup. */
import { SIMULATED_ACCOUNT } from '../../../ingest/records/demo-scope.ts';
import type { AlertEngine } from '../../alerts/engine.ts';
import { isContinuous } from '../../alerts/evaluate/continuous-sources.ts';
import { setupRoutes } from '../contract/setup.ts';
import { implement } from '../implement.ts';

/** More than the demo has: one entry beyond it is of a real function. */
const ENTRIES = 600;

export const setupHandlers = implement(setupRoutes, {
  getSetup: async ({ context: { store, alerts } }) => {
    const [{ sources }, inventory, retention, hash] = await Promise.all([
      store.read.ingestStatus({}),
      store.read.inventory({ limit: ENTRIES }),
      store.read.retention({}),
      store.read.passwordHash({}),
    ]);
    return {
      connected: sources.some(isContinuous),
      inventory: inventory.some(({ account }) => account !== SIMULATED_ACCOUNT),
      retention: retention.policy !== null,
      alert: reachesSomebody(alerts),
      password: hash !== null,
    };
  },
});

function reachesSomebody(alerts: AlertEngine): boolean {
  const usable = new Set(alerts.receivers().flatMap(({ id, disabled }) => (disabled === null ? [id] : [])));
  const named = [
    ...alerts.routing().routes.map(({ receiverId }) => receiverId),
    ...alerts.rules().flatMap(({ enabled, receivers }) => (enabled ? receivers : [])),
  ];
  return named.some((id) => usable.has(id));
}
