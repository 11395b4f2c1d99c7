/** Findings of the doctor on a healthy server and on common operator mistakes. */
import { chmodSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OPTIONAL_PULL_ACTIONS, PULL_ACTIONS } from '../../ingest/records/pull-actions.ts';
import { AwsDouble } from '../support/aws.ts';
import { runCommand } from '../support/command.ts';
import { testFolders } from '../support/folders.ts';
import { memoryFolder, startServer } from '../support/product.ts';

const folders = testFolders(memoryFolder);

interface Finding {
  readonly area: string;
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly sentence: string;
}

async function examine(folder: string, environment: Record<string, string> = {}, args: string[] = []) {
  const { code, stdout } = await runCommand(folder, ['doctor', '--json', ...args], { environment });
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const of = (area: string, verdict: Finding['verdict']): string =>
    findings
      .filter((finding) => finding.area === area && finding.verdict === verdict)
      .map((finding) => finding.sentence)
      .join('\n');
  return { code, of, problems: findings.filter((finding) => finding.verdict === 'problem') };
}

test('a healthy server with AWS access', async () => {
  const aws = await AwsDouble.start();
  aws.group('/aws/lambda/e', [], { logGroupClass: 'INFREQUENT_ACCESS' });
  aws.group('/aws/lambda/f');
  aws.functions.push({ FunctionName: 'f' });
  const folder = folders.create();
  const server = await startServer(folder);
  const { code, of, problems } = await examine(folder, { ...aws.environment, THERMOCLINE_PUBLIC_URL: server.url }, [
    '--aws',
  ]);
  await server.stop();
  await aws.stop();
  expect(problems).toEqual([]);
  expect(code).toBe(0);
  expect(of('server', 'ok')).toContain('is ready');
  expect(of('database', 'ok')).toContain('are intact');
  // Exactly what the policy of `thermocline connect pull` grants.
  expect(of('AWS', 'ok').split('\n')).toEqual(
    [
      ...PULL_ACTIONS.Logs,
      ...PULL_ACTIONS.Inventory,
      ...Object.values(OPTIONAL_PULL_ACTIONS).flat(),
      ...PULL_ACTIONS.Traces,
      ...PULL_ACTIONS.Metrics,
    ].map((action) => `${action} is allowed.`),
  );
  expect(of('reachability', 'ok')).toContain('requires a key');
  expect(of('clock', 'ok')).toContain('agrees');
  expect(of('alerts', 'note')).toContain('No receivers');
});

test('notes optional permissions that are missing', async () => {
  const aws = await AwsDouble.start();
  aws.group('/aws/lambda/f');
  aws.functions.push({ FunctionName: 'f' });
  aws.script = ({ target }) =>
    target === 'DescribeSubscriptionFilters' ? { type: 'AccessDeniedException', message: 'not you' } : undefined;
  const { of } = await examine(folders.create(), aws.environment, ['--aws']);
  await aws.stop();
  expect(of('AWS', 'problem')).toBe('');
  expect(of('AWS', 'note')).toMatch(/Optional: .*Allow logs:DescribeSubscriptionFilters.*are not compared/s);
});

test('reports permissions, address, disk, settings and damage, and changes nothing', async () => {
  const aws = await AwsDouble.start();
  aws.script = ({ target }) =>
    target === 'DescribeLogGroups' ? { type: 'AccessDeniedException', message: 'not you' } : undefined;
  const folder = folders.create();
  const server = await startServer(folder);
  await server.stop();
  chmodSync(folder, 0o755);
  const file = openSync(join(folder, 'control.db'), 'r+');
  writeSync(file, Buffer.alloc(64, 0xa7), 0, 64, 0);
  const environment = {
    ...aws.environment,
    THERMOCLINE_PULL_LOG_GROUPS: '/aws/lambda/*',
    THERMOCLINE_PUBLIC_URL: 'http://127.0.0.1:9',
    THERMOCLINE_MIN_FREE_MB: '1048576',
    THERMOCLINE_HOST: '0.0.0.0',
  };
  const { code, of } = await examine(folder, environment);
  await aws.stop();
  expect(code).toBe(1);
  expect(of('AWS', 'problem')).toContain('The credentials lack a permission. Allow logs:DescribeLogGroups');
  expect(of('reachability', 'problem')).toContain('cannot be reached');
  expect(of('disk', 'problem')).toContain('ingest is paused');
  expect(of('disk', 'note')).toContain('chmod 700');
  expect(of('configuration', 'note')).toContain('tokens would be sent unencrypted');
  expect(of('database', 'problem')).toMatch(/control\.db is damaged.*thermocline restore/s);
  const wrong = await examine(folder, { THERMOCLINE_PORT: 'x', THERMOCLINE_NOPE: '1' });
  expect(wrong.problems.map((finding) => finding.sentence).toSorted()).toEqual([
    'THERMOCLINE_NOPE: unknown setting',
    expect.stringContaining('THERMOCLINE_PORT'),
  ]);
});

test('distinguishes a region that is not enabled from invalid credentials', async () => {
  const aws = await AwsDouble.start();
  aws.script = () => ({
    type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  });
  const folder = folders.create();
  const away = await examine(folder, aws.environment, ['--aws', '--region', 'af-south-1']);
  const home = await examine(folder, aws.environment, ['--aws', '--region', 'eu-west-1']);
  await aws.stop();
  expect(away.of('AWS', 'problem')).toContain('af-south-1: Region af-south-1 is probably not enabled for this account');
  expect(home.of('AWS', 'problem')).toContain('AWS does not know these credentials');
  expect(home.of('AWS', 'problem')).not.toContain('not enabled');
});

test('before the first start, finds no problems and creates nothing', async () => {
  const folder = join(folders.create(), 'not-yet');
  const { code, of } = await examine(folder);
  expect(code).toBe(0);
  expect(of('disk', 'note')).toContain('The first start creates it');
});
