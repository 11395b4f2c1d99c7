/** All API routes with their handlers. */
import type { Route } from '../implement.ts';
import { accessHandlers } from './access.ts';
import { alertInstanceHandlers } from './alert-instances.ts';
import { alertRuleHandlers } from './alert-rules.ts';
import { changeHandlers } from './changes.ts';
import { compareHandlers } from './compare.ts';
import { connectHandlers } from './connect.ts';
import { deliveryHandlers } from './deliveries.ts';
import { exportHandlers } from './export.ts';
import { failureHandlers } from './failures.ts';
import { functionHandlers } from './functions.ts';
import { ingestStatusHandlers } from './ingest-status.ts';
import { inventoryHandlers } from './inventory.ts';
import { invocationHandlers } from './invocations.ts';
import { keepAliveHandlers } from './keep-alive.ts';
import { liveHandlers } from './live.ts';
import { loadTestHandlers } from './load-tests.ts';
import { markerHandlers } from './markers.ts';
import { memoryHandlers } from './memory.ts';
import { networkHandlers } from './network.ts';
import { overviewHandlers } from './overview.ts';
import { provisionedHandlers } from './provisioned.ts';
import { queryHandlers } from './query.ts';
import { receiverHandlers } from './receivers.ts';
import { recommendationHandlers } from './recommendations.ts';
import { routingHandlers } from './routing.ts';
import { settingsHandlers } from './settings.ts';
import { silenceHandlers } from './silences.ts';
import { tokenHandlers } from './tokens.ts';
import { traceHandlers } from './traces.ts';

export const routeTable: readonly Route[] = [
  ...overviewHandlers,
  ...functionHandlers,
  ...failureHandlers,
  ...keepAliveHandlers,
  ...memoryHandlers,
  ...recommendationHandlers,
  ...networkHandlers,
  ...provisionedHandlers,
  ...loadTestHandlers,
  ...compareHandlers,
  ...changeHandlers,
  ...markerHandlers,
  ...queryHandlers,
  ...exportHandlers,
  ...invocationHandlers,
  ...ingestStatusHandlers,
  ...liveHandlers,
  ...traceHandlers,
  ...inventoryHandlers,
  ...alertRuleHandlers,
  ...alertInstanceHandlers,
  ...silenceHandlers,
  ...routingHandlers,
  ...receiverHandlers,
  ...deliveryHandlers,
  ...connectHandlers,
  ...tokenHandlers,
  ...accessHandlers,
  ...settingsHandlers,
];
