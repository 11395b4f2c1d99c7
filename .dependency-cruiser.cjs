/** The arrows that must never be (ARCHITECTURE.md), checked on every run of `npm run check`. */
const tests = '\\.test\\.ts$';
const pure =
  '^(ingest/lines/|ingest/feeds/|ingest/records\\.ts$|ingest/feed-records\\.ts$|ingest/sink\\.ts$|ingest/status\\.ts$|ingest/arn\\.ts$|ingest/attempt\\.ts$|server/analytics/|server/alerts/transition\\.ts$)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A file must not reach itself through others.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-stays-pure',
      comment: 'Parsing and analytics decide; edges act. Same input, same answer.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'pure-imports-pure',
      comment: 'What a pure file imports is pure as well.',
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
      from: { path: '^server/storage/sqlite/' },
      to: { path: '^server/storage/clickhouse/' },
    },
    {
      name: 'stores-do-not-know-each-other-either',
      severity: 'error',
      from: { path: '^server/storage/clickhouse/' },
      to: { path: '^server/storage/sqlite/' },
    },
    {
      name: 'through-the-port',
      comment: 'API, alerts, derivation and the move speak to ports: server/storage/store.ts and history.ts.',
      severity: 'error',
      from: { path: '^server/(api|alerts|derivation|move|upkeep)/' },
      to: { path: '^server/storage/(sqlite|clickhouse)/' },
    },
    {
      name: 'storage-does-not-know-the-api',
      severity: 'error',
      from: { path: '^server/storage/' },
      to: { path: '^server/(api|alerts|derivation|cli)/' },
    },
    {
      name: 'aws-stays-in-the-collectors',
      comment: 'One folder speaks to AWS; the rest of the product runs without it.',
      severity: 'error',
      from: { pathNot: '^(ingest/collectors/|test/)' },
      to: { path: '@aws-sdk' },
    },
    {
      name: 'drivers-stay-in-their-room',
      severity: 'error',
      from: { pathNot: '^(server/storage/(sqlite|clickhouse)/|bench/|test/)' },
      to: { path: '(better-sqlite3|@clickhouse/client)' },
    },
    {
      name: 'one-place-knows-the-chart-library',
      severity: 'error',
      from: { pathNot: '^web/charts/' },
      to: { path: 'node_modules/chart' },
    },
    {
      name: 'web-is-a-thin-client',
      comment: 'The web client imports the contract and nothing else of the server.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(server|ingest)/', pathNot: '^server/api/contract/' },
    },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^server/api/contract/' },
      to: { pathNot: '^(server/api/contract/|node_modules/zod)' },
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
