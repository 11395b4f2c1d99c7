// Written by `npm run lists`. Do not edit.
import { accessExamples } from './access.ts';
import { alertConfigurationExamples } from './alert-configuration.ts';
import { alertInstanceExamples } from './alert-instances.ts';
import { alertRuleExamples } from './alert-rules.ts';
import { changeExamples } from './changes.ts';
import { compareExamples } from './compare.ts';
import { connectExamples } from './connect.ts';
import { deletionExamples } from './deletion.ts';
import { deliveryExamples } from './deliveries.ts';
import { demoExamples } from './demo.ts';
import { errorExamples } from './errors.ts';
import { exportExamples } from './export.ts';
import { failureExamples } from './failures.ts';
import { functionExamples } from './functions.ts';
import { healthExamples } from './health.ts';
import { importsExamples } from './imports.ts';
import { ingestExamples } from './ingest-routes.ts';
import { ingestStatusExamples } from './ingest.ts';
import { inventoryExamples } from './inventory.ts';
import { invocationExamples } from './invocations.ts';
import { keepAliveExamples } from './keep-alive.ts';
import { liveExamples } from './live.ts';
import { loadTestExamples } from './load-tests.ts';
import { logExamples } from './logs.ts';
import { markerExamples } from './markers.ts';
import { mcpExamples } from './mcp.ts';
import { memoryExamples } from './memory.ts';
import { metricExamples } from './metrics.ts';
import { monthCostExamples } from './month-cost.ts';
import { networkExamples } from './network.ts';
import { otlpExamples } from './otlp.ts';
import { overviewExamples } from './overview.ts';
import { prometheusExamples } from './prometheus.ts';
import { provisionedExamples } from './provisioned.ts';
import { queryExamples } from './query.ts';
import { receiverExamples } from './receivers.ts';
import { recommendationExamples } from './recommendations.ts';
import { redactionExamples } from './redaction.ts';
import { reportExamples } from './reports.ts';
import { routingExamples } from './routing.ts';
import { settingsExamples } from './settings.ts';
import { setupExamples } from './setup.ts';
import { silenceExamples } from './silences.ts';
import { specialKindExamples } from './special-kinds.ts';
import { sqlExamples } from './sql.ts';
import { tagExamples } from './tags.ts';
import { tenantExamples } from './tenants.ts';
import { tokenExamples } from './tokens.ts';
import { traceExamples } from './traces.ts';
import { tuningRunExamples } from './tuning-runs.ts';
import { userExamples } from './users.ts';
import type { ExamplesOf } from '../route.ts';
import type { Routes } from '../routes.generated.ts';

/** One example for each declared route. */
export const examples: ExamplesOf<Routes> = {
  ...accessExamples,
  ...alertConfigurationExamples,
  ...alertInstanceExamples,
  ...alertRuleExamples,
  ...changeExamples,
  ...compareExamples,
  ...connectExamples,
  ...deletionExamples,
  ...deliveryExamples,
  ...demoExamples,
  ...errorExamples,
  ...exportExamples,
  ...failureExamples,
  ...functionExamples,
  ...healthExamples,
  ...importsExamples,
  ...ingestExamples,
  ...ingestStatusExamples,
  ...inventoryExamples,
  ...invocationExamples,
  ...keepAliveExamples,
  ...liveExamples,
  ...loadTestExamples,
  ...logExamples,
  ...markerExamples,
  ...mcpExamples,
  ...memoryExamples,
  ...metricExamples,
  ...monthCostExamples,
  ...networkExamples,
  ...otlpExamples,
  ...overviewExamples,
  ...prometheusExamples,
  ...provisionedExamples,
  ...queryExamples,
  ...receiverExamples,
  ...recommendationExamples,
  ...redactionExamples,
  ...reportExamples,
  ...routingExamples,
  ...settingsExamples,
  ...setupExamples,
  ...silenceExamples,
  ...specialKindExamples,
  ...sqlExamples,
  ...tagExamples,
  ...tenantExamples,
  ...tokenExamples,
  ...traceExamples,
  ...tuningRunExamples,
  ...userExamples,
};
