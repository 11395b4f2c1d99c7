// Written by `npm run lists`. Do not edit.
import { accessHandlers } from './access.ts';
import { alertConfigurationHandlers } from './alert-configuration.ts';
import { alertInstanceHandlers } from './alert-instances.ts';
import { alertRuleHandlers } from './alert-rules.ts';
import { changeHandlers } from './changes.ts';
import { compareHandlers } from './compare.ts';
import { connectHandlers } from './connect.ts';
import { deletionHandlers } from './deletion.ts';
import { deliveryHandlers } from './deliveries.ts';
import { demoHandlers } from './demo.ts';
import { errorHandlers } from './errors.ts';
import { exportHandlers } from './export.ts';
import { failureHandlers } from './failures.ts';
import { functionHandlers } from './functions.ts';
import { importsHandlers } from './imports.ts';
import { ingestStatusHandlers } from './ingest-status.ts';
import { inventoryHandlers } from './inventory.ts';
import { invocationHandlers } from './invocations.ts';
import { keepAliveHandlers } from './keep-alive.ts';
import { liveHandlers } from './live.ts';
import { loadTestHandlers } from './load-tests.ts';
import { logHandlers } from './logs.ts';
import { markerHandlers } from './markers.ts';
import { mcpHandlers } from './mcp.ts';
import { memoryHandlers } from './memory.ts';
import { metricHandlers } from './metrics.ts';
import { monthCostHandlers } from './month-cost.ts';
import { networkHandlers } from './network.ts';
import { overviewHandlers } from './overview.ts';
import { provisionedHandlers } from './provisioned.ts';
import { queryHandlers } from './query.ts';
import { receiverHandlers } from './receivers.ts';
import { recommendationHandlers } from './recommendations.ts';
import { redactionHandlers } from './redaction.ts';
import { reportHandlers } from './reports.ts';
import { routingHandlers } from './routing.ts';
import { settingsHandlers } from './settings.ts';
import { setupHandlers } from './setup.ts';
import { silenceHandlers } from './silences.ts';
import { specialKindHandlers } from './special-kinds.ts';
import { sqlHandlers } from './sql.ts';
import { tagHandlers } from './tags.ts';
import { tenantHandlers } from './tenants.ts';
import { tokenHandlers } from './tokens.ts';
import { traceHandlers } from './traces.ts';
import { tuningRunHandlers } from './tuning-runs.ts';
import { userHandlers } from './users.ts';
import type { Route } from '../implement.ts';

/** All API routes with their handlers. */
export const routeTable: readonly Route[] = [
  ...accessHandlers,
  ...alertConfigurationHandlers,
  ...alertInstanceHandlers,
  ...alertRuleHandlers,
  ...changeHandlers,
  ...compareHandlers,
  ...connectHandlers,
  ...deletionHandlers,
  ...deliveryHandlers,
  ...demoHandlers,
  ...errorHandlers,
  ...exportHandlers,
  ...failureHandlers,
  ...functionHandlers,
  ...importsHandlers,
  ...ingestStatusHandlers,
  ...inventoryHandlers,
  ...invocationHandlers,
  ...keepAliveHandlers,
  ...liveHandlers,
  ...loadTestHandlers,
  ...logHandlers,
  ...markerHandlers,
  ...mcpHandlers,
  ...memoryHandlers,
  ...metricHandlers,
  ...monthCostHandlers,
  ...networkHandlers,
  ...overviewHandlers,
  ...provisionedHandlers,
  ...queryHandlers,
  ...receiverHandlers,
  ...recommendationHandlers,
  ...redactionHandlers,
  ...reportHandlers,
  ...routingHandlers,
  ...settingsHandlers,
  ...setupHandlers,
  ...silenceHandlers,
  ...specialKindHandlers,
  ...sqlHandlers,
  ...tagHandlers,
  ...tenantHandlers,
  ...tokenHandlers,
  ...traceHandlers,
  ...tuningRunHandlers,
  ...userHandlers,
];
