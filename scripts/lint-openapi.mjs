// Lints docs/openapi.json: neither errors nor warnings. A document that passed is not linted again.
import { spawnSync } from 'node:child_process';
import { root } from './ensure.mjs';
import { digestOfFiles, remember, remembered } from './passed.mjs';

const value = digestOfFiles(['docs/openapi.json', 'redocly.yaml', '.redocly.lint-ignore.yaml', 'package-lock.json']);

if (remembered('openapi') !== value) {
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
  remember('openapi', value);
}
