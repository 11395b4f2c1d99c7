/** Forbidden imports (ARCHITECTURE.md), checked by `npm run architecture`. */
const { readFileSync } = require('node:fs');

const tests = '\\.test\\.ts$';
/** `include` of tsconfig.pure.json is the only list of pure folders and files; tidy.mjs reads it too. */
const pure = `^(${JSON.parse(readFileSync(`${__dirname}/tsconfig.pure.json`, 'utf8'))
  .include.map((path) => (path.endsWith('.ts') ? path.replaceAll('.', '\\.') : `${path}/`))
  .join('|')})`;
/** Files of server/http/answers that only answer and reader threads run. */
const answersInThreads = '^server/http/answers/(?!shape-answer|encoded-json|shaped)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'No circular imports.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-stays-pure',
      comment: 'Parsing and analytics are pure: no packages and no Node.js modules.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'pure-imports-pure',
      comment: 'Pure files import only pure files.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { pathNot: pure, dependencyTypes: ['local'] },
    },
    {
      name: 'ingest-is-the-ground-floor',
      severity: 'error',
      from: { path: '^ingest/', pathNot: tests },
      to: { path: '^(server|web)/' },
    },
    {
      name: 'stores-do-not-know-each-other',
      severity: 'error',
      from: { path: '^server/storage/(sqlite/|questions/[^/]+/sqlite\\.ts)' },
      to: { path: '^server/storage/(clickhouse/|questions/[^/]+/clickhouse\\.ts)' },
    },
    {
      name: 'stores-do-not-know-each-other-either',
      severity: 'error',
      from: { path: '^server/storage/(clickhouse/|questions/[^/]+/clickhouse\\.ts)' },
      to: { path: '^server/storage/(sqlite/|questions/[^/]+/sqlite\\.ts)' },
    },
    {
      name: 'through-the-port',
      comment: 'API, alerts, jobs and the transfer use ports: server/storage/ports.ts and history.ts.',
      severity: 'error',
      from: { path: '^server/(http|alerts|jobs|storage/transfer)/' },
      to: { path: '^server/storage/(sqlite/|clickhouse/|questions/[^/]+/(sqlite|clickhouse)\\.ts)' },
    },
    {
      name: 'no-files-on-the-main-thread',
      comment:
        'A disk that hangs must not stop the main thread of serve: calls on files go through storage/files/file-thread.ts. ' +
        "Excepted are the program's own files (web client, deploy kits, OpenAPI), /proc, and the transfer, which serves nobody.",
      severity: 'error',
      from: {
        path: [
          '^server/(http|alerts|jobs|clock|roles|storage/ports|storage/files/file-thread)',
          '^server/cli/(serve|front|maintenance-mode|http-server|listen|close-server|collect)\\.ts$',
          '^server/storage/sqlite/(store|threads/reader-pool|maintenance/maintenance)\\.ts$',
        ],
        pathNot: [
          '\\.test\\.ts$',
          '^server/http/(app|static-files)\\.ts$',
          '^server/alerts/rules/builtin-rules\\.ts$',
          '^server/clock/system-clock\\.ts$',
          '^server/roles/transfer\\.ts$',
        ],
      },
      to: { path: '^(node:)?fs(/promises)?$|(^|node_modules/)better-sqlite3/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'alerts-do-not-know-the-api',
      comment: 'Alerts share only the schemas of the contract with the API.',
      severity: 'error',
      from: { path: '^server/(alerts|jobs)/' },
      to: { path: '^server/http/', pathNot: '^server/http/contract/' },
    },
    {
      name: 'outbound-http-is-guarded',
      comment: 'Webhooks are sent through alerts/egress, AWS requests through ingest/aws.',
      severity: 'error',
      from: { path: '^(server|ingest)/', pathNot: '^(server/alerts/egress/|ingest/aws/)|\\.test\\.ts$' },
      to: { path: '(^|node_modules/)undici/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'storage-does-not-know-its-callers',
      severity: 'error',
      from: { path: '^server/storage/' },
      to: { path: '^server/(http|alerts|jobs|roles|cli)/' },
    },
    {
      name: 'analysis-runs-in-threads',
      comment:
        'Handlers, alerts and jobs run on the main thread: they call analyses through AnalysisPool. Constant-time arithmetic and the median of a few values may be imported.',
      severity: 'error',
      from: {
        path: '^server/(http|roles|alerts|jobs)/',
        pathNot: `^server/jobs/analysis/|^server/roles/(analysis|reader)-worker\\.ts|${answersInThreads}|^server/alerts/evaluate/anomaly\\.ts|${tests}`,
      },
      to: {
        path: '^server/analytics/',
        pathNot: '^server/analytics/(cost/|metrics/|runtimes/|statistics/rate\\.ts|memory/power-tuning\\.ts)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'answers-are-shaped-in-threads',
      comment: 'Large answers are shaped in threads: handlers call shapeAnswer or readShaped.',
      severity: 'error',
      from: { path: '^server/', pathNot: `^server/roles/(analysis|reader)-worker\\.ts|${answersInThreads}|${tests}` },
      to: { path: answersInThreads, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'aws-stays-in-its-room',
      comment: 'Only ingest/aws uses the AWS SDK; the rest of the product runs without it.',
      severity: 'error',
      from: { pathNot: '^(ingest/aws/|test/)' },
      to: { path: '@aws-sdk' },
    },
    {
      name: 'drivers-stay-in-their-room',
      severity: 'error',
      from: { pathNot: '^(server/storage/|bench/|test/)' },
      to: { path: '(better-sqlite3|kysely|@clickhouse/client)' },
    },
    {
      name: 'one-place-knows-the-chart-library',
      severity: 'error',
      from: { pathNot: '^web/charts/' },
      to: { path: 'node_modules/chart' },
    },
    {
      name: 'web-is-a-thin-client',
      comment: 'The web client imports only the contract, the formats of numbers and the units of time.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(server|ingest)/', pathNot: '^(server/http/contract/|ingest/text/|ingest/records/time.ts)' },
    },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^server/http/contract/', pathNot: tests },
      to: { pathNot: '^(server/http/contract/|ingest/records/time(-zone)?.ts|node_modules/zod)' },
    },
    {
      name: 'only-the-demo-uses-the-simulator',
      comment: 'The simulator checks the product, so they share no code. Only `thermocline demo` runs it.',
      severity: 'error',
      from: {
        path: '^(server|ingest|web)/',
        pathNot: '^(ingest/simulator/|server/cli/demo[a-z-]*\\.ts)|\\.test\\.ts$',
      },
      to: { path: '^ingest/simulator/' },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(server|ingest|web)/', pathNot: tests },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
