// Checks repository rules that no compiler checks, each with its reason. Exits with 1 if any is broken.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);
const faults = [];
const text = (file) => readFileSync(file, 'utf8');
const code = files.filter((file) => /\.(ts|tsx|mjs|cjs)$/.test(file));
const product = code.filter((file) => /^(server|ingest|web)\//.test(file) && !/\.(test|generated)\.ts$/.test(file));
/** The only list of pure folders and files; .dependency-cruiser.cjs reads it too. */
const purePaths = JSON.parse(text('tsconfig.pure.json')).include;
const pure = product.filter((file) => purePaths.some((path) => file === path || file.startsWith(`${path}/`)));

function forbid(where, pattern, why, except = []) {
  for (const file of where) {
    if (except.includes(file)) continue;
    text(file)
      .split('\n')
      .forEach((line, at) => {
        if (pattern.test(line) && !/^\s*(\/\/|\*|\/\*\*)/.test(line)) faults.push(`${file}:${at + 1}: ${why}`);
      });
  }
}

forbid(product, /process\.env/, 'only server/config/environment.ts reads the environment', [
  'server/config/environment.ts',
]);
forbid(
  pure,
  /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(/,
  'pure code takes time and randomness as arguments',
);
forbid(
  // Example responses are data.
  code.filter(
    (file) => /^(server|ingest|web|bench)\//.test(file) && !file.startsWith('server/http/contract/examples/'),
  ),
  /(?<![\d_])(?:3_?600_?000|86_?400_?000|604_?800_?000)(?![\d_])|^(?:export )?const (?:MINUTE|HOUR|DAY|WEEK)(?:_MS)? =|^(?:export )?const LONGEST_RUN_MS =/,
  'lengths of time have one home: ingest/records/time.ts; a longest run: ingest/records/attempt.ts',
  ['ingest/records/time.ts', 'ingest/records/attempt.ts'],
);
forbid(
  product,
  // `Number(x.toFixed(n))` rounds and formats nothing.
  /^(?!.*Number\().*\.(?:toFixed|toPrecision|toLocaleString)\(|Intl\.NumberFormat/,
  'numbers are formatted by ingest/text/quantities.ts',
  [
    'ingest/text/quantities.ts',
    // The same numbers in other languages.
    'ingest/text/local-units.ts',
    // Write lines as Lambda does.
    'ingest/lines/render.ts',
    'ingest/batch/stream-event.ts',
    // Coordinates.
    'web/charts/service-map.tsx',
  ],
);
// Type imports send no requests.
forbid(
  product,
  /(?<![.\w])fetch\(|^(?!import type ).*from '(?:undici|node:https?)'|import\('(?:undici|node:https?)'\)/,
  'outbound HTTP goes through alerts/egress or ingest/aws',
  [
    // The egress client itself.
    'server/alerts/egress/egress-client.ts',
    // Connects to the server of the local data folder, at the address in its discovery file.
    'server/cli/target.ts',
    // Carries the calls of AWS clients through the configured proxy.
    'ingest/aws/proxied-handler.ts',
    // Only listens.
    'server/cli/http-server.ts',
    'server/cli/maintenance-mode.ts',
    // Runs in the browser and sends requests to its own origin.
    'web/api/client.ts',
    'web/api/import-file.ts',
  ],
);
forbid(
  product,
  /process\.(?:stdout|stderr)\.write|(?<![\w.])console\.|pino\.destination|\.question\((?!plain\()/,
  'text of others could control the terminal: write through server/cli/output.ts',
  [
    'server/cli/output.ts',
    // Writes escaped JSON.
    'server/cli/process-log.ts',
  ],
);
forbid(
  product,
  /innerHTML|dangerouslySetInnerHTML|document\.write|insertAdjacentHTML/,
  'log text is hostile: text nodes only',
);
forbid(
  product.filter((file) => !file.endsWith('config.ts')),
  /^export default /,
  'named exports only',
);
forbid(code, /\bvi\.wait(?:For|Until)\(/, 'it gives up after a second, which a busy machine takes: use expect.poll');
forbid(product, /\.sort\(/, 'use toSorted: do not change inputs', [
  // Sorts typed arrays that it has just created.
  'server/analytics/metrics/concurrency.ts',
  'server/storage/sqlite/write/request-index.ts',
]);
forbid(
  product,
  /(?:(?<!next)token|secret|sha256|digest)\w*\s*===?\s|===?\s*\w*(?:secret|sha256|digest)\b/i,
  'secrets are compared in constant time',
  [
    'server/http/access/auth.ts',
    // Compares ids of tokens, which are no secrets.
    'server/http/access/open-streams.ts',
    'server/http/routes/tokens.ts',
    'server/cli/target.ts',
    'server/roles/serve.ts',
    'web/pages/access/sign-in.tsx',
  ],
);

// A cast lets any value pass as the type: stored-json.ts parses by schema, checkStored by hand.
const uncheckedJson = {
  // The server validates the edited rule and names the field that is wrong.
  'web/pages/alerts/rule-text.tsx': 2,
  // Events of the server that served the page, typed by its contract like the answers in web/api/client.ts.
  'web/state/live-invocations.ts': 2,
  'web/state/live-lines.ts': 2,
};
for (const file of product) {
  const casts = castsOfJson(text(file));
  for (const line of casts.slice(uncheckedJson[file] ?? 0))
    faults.push(`${file}:${line}: check what JSON.parse returns, by schema or by hand, instead of casting it`);
}

/** Lines with `JSON.parse(…) as X` other than `as unknown`, or with `name: X = JSON.parse(…)`. */
function castsOfJson(source) {
  const lines = [];
  for (let at = source.indexOf('JSON.parse('); at !== -1; at = source.indexOf('JSON.parse(', at + 1)) {
    let end = at + 'JSON.parse('.length;
    for (let depth = 1; depth > 0 && end < source.length; end += 1) {
      if (source[end] === '(') depth += 1;
      if (source[end] === ')') depth -= 1;
    }
    const cast = /^\s*as\s+(?!unknown\b)/.test(source.slice(end));
    const typed = /\b(?:const|let|readonly)\s+[^=;]*:(?!\s*unknown\b)[^=;]+=\s*$/.test(
      source.slice(Math.max(0, at - 200), at),
    );
    if (cast || typed) lines.push(source.slice(0, at).split('\n').length);
  }
  return lines;
}

for (const file of product) if (/\/index\.tsx?$/.test(file)) faults.push(`${file}: no barrels`);

const lengths = product.map((file) => [text(file).split('\n').length, file]).sort((a, b) => a[0] - b[0]);
const at = (q) => lengths[Math.floor(q * (lengths.length - 1))][0];
for (const [lines, file] of lengths) if (lines > 400) faults.push(`${file}: ${lines} lines, at most 400`);
if (at(0.9) > 250) faults.push(`the 90th percentile of file lengths is ${at(0.9)}, at most 250`);

const lock = text('package-lock.json');
if (lock.includes('"resolved"'))
  faults.push('package-lock.json: no registry addresses (omit-lockfile-registry-resolved)');
const minimum = {
  hono: [4, 13, 5],
  '@hono/node-server': [1, 19, 15],
  'better-sqlite3': [12, 0, 0],
  kysely: [0, 28, 0],
};
for (const [name, least] of Object.entries(minimum)) {
  const version = JSON.parse(lock).packages[`node_modules/${name}`]?.version.split('.').map(Number) ?? [0];
  const older = least.findIndex((part, index) => part !== version[index]);
  if (older !== -1 && version[older] < least[older])
    faults.push(`${name} ${version.join('.')} is older than ${least.join('.')}`);
}

process.stdout.write(
  `tidy: ${product.length} files, median ${at(0.5)} lines, 90th percentile ${at(0.9)}, longest ${lengths.at(-1)?.join(' ')}\n`,
);
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exit(faults.length === 0 ? 0 : 1);
