/** Every route of the API, with its scope: the table that the app mounts, OpenAPI describes and the tests walk. */
import type { Route } from '../route.ts';
import { accessRoutes } from './access.ts';
import { alertRoutes } from './alerts.ts';
import { changeRoutes } from './changes.ts';
import { compareRoutes } from './compare.ts';
import { connectRoutes } from './connect.ts';
import { exportRoutes } from './export.ts';
import { failureRoutes } from './failures.ts';
import { functionRoutes } from './functions.ts';
import { ingestStatusRoutes } from './ingest-status.ts';
import { inventoryRoutes } from './inventory.ts';
import { invocationRoutes } from './invocations.ts';
import { keepAliveRoutes } from './keep-alive.ts';
import { liveRoutes } from './live.ts';
import { loadTestRoutes } from './load-tests.ts';
import { markerRoutes } from './markers.ts';
import { memoryRoutes } from './memory.ts';
import { networkRoutes } from './network.ts';
import { operationRoutes } from './operations.ts';
import { overviewRoutes } from './overview.ts';
import { provisionedRoutes } from './provisioned.ts';
import { queryRoutes } from './query.ts';
import { receiverRoutes } from './receivers.ts';
import { recommendationRoutes } from './recommendations.ts';
import { tokenRoutes } from './tokens.ts';
import { traceRoutes } from './traces.ts';

export const routeTable: readonly Route[] = [
  ...overviewRoutes,
  ...functionRoutes,
  ...failureRoutes,
  ...keepAliveRoutes,
  ...memoryRoutes,
  ...recommendationRoutes,
  ...networkRoutes,
  ...provisionedRoutes,
  ...loadTestRoutes,
  ...compareRoutes,
  ...changeRoutes,
  ...markerRoutes,
  ...queryRoutes,
  ...exportRoutes,
  ...invocationRoutes,
  ...ingestStatusRoutes,
  ...liveRoutes,
  ...traceRoutes,
  ...inventoryRoutes,
  ...alertRoutes,
  ...receiverRoutes,
  ...connectRoutes,
  ...tokenRoutes,
  ...accessRoutes,
  ...operationRoutes,
];
