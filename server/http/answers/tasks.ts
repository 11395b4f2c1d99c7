/**
 * Registry of the answers that grow with the number of functions, environments or rows. Analysis threads shape them and
 * write their text; all other answers are small enough for the main thread. Each task is a pure function of plain data.
 */
import { coldStartReport } from './cold-start-report.ts';
import { comparison } from './comparison.ts';
import { environmentList } from './environment-list.ts';
import { errorList } from './error-list.ts';
import { functionExport, invocationExport } from './export-page.ts';
import { failureReport } from './failure-report.ts';
import { functionList } from './function-list.ts';
import { invocationList } from './invocation-list.ts';
import { logExport, logList } from './log-list.ts';
import { logNews } from './log-news.ts';
import { metricValues } from './metric-values.ts';
import { monthCost } from './month-cost.ts';
import { overview } from './overview.ts';
import { overviewWithPrevious } from './overview-with-previous.ts';
import { promqlListing, promqlResult } from './prometheus/answers.ts';
import { functionMetricsText } from './prometheus/exposition.ts';
import { countFunctions, moveCounterBase } from './prometheus/function-counters.ts';
import { otlpMetrics } from './prometheus/otlp-metrics.ts';
import { listingPlan, promqlPlan } from './prometheus/plan.ts';
import { remoteWriteRequests } from './prometheus/remote-write.ts';
import { queryResult } from './query-result.ts';
import { redactionTest } from './redaction-test.ts';
import { reportFiles } from './report-files.ts';
import { rollupExport } from './rollup-export.ts';
import { storedQueryResult } from './stored-query-result.ts';

export const answerTasks = {
  coldStartReport,
  comparison,
  countFunctions,
  environmentList,
  errorList,
  failureReport,
  functionExport,
  functionList,
  functionMetricsText,
  invocationExport,
  invocationList,
  listingPlan,
  logExport,
  logList,
  logNews,
  metricValues,
  monthCost,
  moveCounterBase,
  otlpMetrics,
  overview,
  overviewWithPrevious,
  promqlListing,
  promqlPlan,
  promqlResult,
  queryResult,
  redactionTest,
  reportFiles,
  remoteWriteRequests,
  rollupExport,
  storedQueryResult,
};

export type AnswerTasks = typeof answerTasks;
