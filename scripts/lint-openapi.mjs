// Lints docs/openapi.json: neither errors nor warnings. A document that passed is not linted again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules/.cache/openapi-lint');
const inputs = ['docs/openapi.json', 'redocly.yaml', '.redocly.lint-ignore.yaml', 'package-lock.json'];
const hash = createHash('sha256');
for (const path of inputs) if (existsSync(join(root, path))) hash.update(readFileSync(join(root, path)));
const value = hash.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== value) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json', '--format=json'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    process.stderr.write(`${stdout}${stderr}`);
    process.exit(1);
  }
  const { totals, problems } = report;
  for (const { severity, message, location } of problems) {
    process.stdout.write(`${severity}: ${message} ${location?.[0]?.pointer ?? ''}\n`);
  }
  if (problems.length > 0 || totals.errors > 0 || totals.warnings > 0) process.exit(1);
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  writeFileSync(stamp, value);
}
