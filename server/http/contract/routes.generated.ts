// Written by `npm run lists`. Do not edit.
import { accessRoutes } from './access.ts';
import { alertConfigurationRoutes } from './alert-configuration.ts';
import { alertInstanceRoutes } from './alert-instances.ts';
import { alertRuleRoutes } from './alert-rules.ts';
import { changeRoutes } from './changes.ts';
import { compareRoutes } from './compare.ts';
import { connectRoutes } from './connect.ts';
import { deletionRoutes } from './deletion.ts';
import { deliveryRoutes } from './deliveries.ts';
import { demoRoutes } from './demo.ts';
import { errorRoutes } from './errors.ts';
import { exportRoutes } from './export.ts';
import { failureRoutes } from './failures.ts';
import { functionRoutes } from './functions.ts';
import { healthRoutes } from './health.ts';
import { importRoutes } from './imports.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { ingestStatusRoutes } from './ingest.ts';
import { inventoryRoutes } from './inventory.ts';
import { invocationRoutes } from './invocations.ts';
import { keepAliveRoutes } from './keep-alive.ts';
import { liveRoutes } from './live.ts';
import { loadTestRoutes } from './load-tests.ts';
import { logRoutes } from './logs.ts';
import { markerRoutes } from './markers.ts';
import { mcpRoutes } from './mcp.ts';
import { memoryRoutes } from './memory.ts';
import { metricRoutes } from './metrics.ts';
import { monthCostRoutes } from './month-cost.ts';
import { networkRoutes } from './network.ts';
import { otlpRoutes } from './otlp.ts';
import { overviewRoutes } from './overview.ts';
import { prometheusRoutes } from './prometheus.ts';
import { provisionedRoutes } from './provisioned.ts';
import { queryRoutes } from './query.ts';
import { receiverRoutes } from './receivers.ts';
import { recommendationRoutes } from './recommendations.ts';
import { redactionRoutes } from './redaction.ts';
import { reportRoutes } from './reports.ts';
import { routingRoutes } from './routing.ts';
import { settingsRoutes } from './settings.ts';
import { setupRoutes } from './setup.ts';
import { silenceRoutes } from './silences.ts';
import { specialKindRoutes } from './special-kinds.ts';
import { sqlRoutes } from './sql.ts';
import { tagRoutes } from './tags.ts';
import { tenantRoutes } from './tenants.ts';
import { tokenRoutes } from './tokens.ts';
import { traceRoutes } from './traces.ts';
import { tuningRunRoutes } from './tuning-runs.ts';
import { userRoutes } from './users.ts';

/** Declared routes by operation id. */
export const routes = {
  ...accessRoutes,
  ...alertConfigurationRoutes,
  ...alertInstanceRoutes,
  ...alertRuleRoutes,
  ...changeRoutes,
  ...compareRoutes,
  ...connectRoutes,
  ...deletionRoutes,
  ...deliveryRoutes,
  ...demoRoutes,
  ...errorRoutes,
  ...exportRoutes,
  ...failureRoutes,
  ...functionRoutes,
  ...healthRoutes,
  ...importRoutes,
  ...ingestRoutes,
  ...ingestStatusRoutes,
  ...inventoryRoutes,
  ...invocationRoutes,
  ...keepAliveRoutes,
  ...liveRoutes,
  ...loadTestRoutes,
  ...logRoutes,
  ...markerRoutes,
  ...mcpRoutes,
  ...memoryRoutes,
  ...metricRoutes,
  ...monthCostRoutes,
  ...networkRoutes,
  ...otlpRoutes,
  ...overviewRoutes,
  ...prometheusRoutes,
  ...provisionedRoutes,
  ...queryRoutes,
  ...receiverRoutes,
  ...recommendationRoutes,
  ...redactionRoutes,
  ...reportRoutes,
  ...routingRoutes,
  ...settingsRoutes,
  ...setupRoutes,
  ...silenceRoutes,
  ...specialKindRoutes,
  ...sqlRoutes,
  ...tagRoutes,
  ...tenantRoutes,
  ...tokenRoutes,
  ...traceRoutes,
  ...tuningRunRoutes,
  ...userRoutes,
} as const;

export type Routes = typeof routes;
