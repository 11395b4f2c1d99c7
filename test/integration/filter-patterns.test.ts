/** The inventory reads the patterns of subscription filters: error rates are known by what the filters in place let through. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readInventory } from '../../ingest/aws/inventory.ts';
import { PLATFORM_FILTER } from '../../ingest/lines/platform-terms.ts';
import { ACCOUNT, AwsDouble, REGION } from '../support/aws.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const NOW_MS = Date.UTC(2026, 10, 27);
const AT_MS = NOW_MS - 3_600_000;
const ID = '00000001-0016-4000-8000-000000000016';
/** The default pattern of versions that knew no reported errors. */
const PLATFORM_ONLY = '?"RequestId:" ?"INIT_START"';

let product: TestProduct;
let aws: AwsDouble;

beforeAll(async () => {
  product = await startProduct({ now: () => NOW_MS });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});
beforeEach(async () => {
  aws = await AwsDouble.start();
});
afterEach(() => aws.stop());

function addFunction(name: string, filters: readonly (readonly [name: string, pattern: string])[], logGroup?: string) {
  aws.functions.push({
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
    ...(logGroup === undefined ? {} : { LoggingConfig: { LogGroup: logGroup } }),
  });
  const group = aws.group(logGroup ?? `/aws/lambda/${name}`);
  for (const [filterName, filterPattern] of filters)
    group.filters.push({ filterName, filterPattern, destinationArn: 'arn:aws:firehose:x' });
}

async function inventory() {
  const settings = {
    endpoint: aws.url,
    region: REGION,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const clients = [new LambdaClient(settings), new CloudWatchLogsClient(settings)] as const;
  const result = await readInventory(...clients, product.fetch);
  for (const client of clients) client.destroy();
  return result;
}

/** The error rate of a function of which one START and one REPORT came by this filter. */
async function rateOf(on: TestProduct, name: string, filter: string, logGroup = `/aws/lambda/${name}`) {
  const lines = [
    { timestamp: AT_MS, message: `START RequestId: ${ID} Version: 7\n` },
    {
      timestamp: AT_MS + 50,
      message: `REPORT RequestId: ${ID}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    },
  ];
  const logStream = `2026/11/26/${name}[7]0123456789abcdef0123456789abcdef`;
  await send(on, [record(message(lines, { subscriptionFilters: [filter], owner: ACCOUNT, logGroup, logStream }))]);
  const found = await on.json<{ errorRate: { value: number | null } }>(`/api/v1/functions/${name}?from=now-2d&to=now`);
  return found.errorRate.value;
}

test('the pattern decides, not the name', async () => {
  addFunction('whole', [['other', '']]);
  addFunction('kit', [['mine', PLATFORM_FILTER]]);
  addFunction('edited', [['thermocline', PLATFORM_ONLY]]);
  addFunction('required', [['thermocline', 'REPORT']]);
  addFunction('shared', [['by-hand', '']], '/acme/all');
  addFunction('two', [
    ['dropping', PLATFORM_ONLY],
    ['passing', ''],
  ]);
  expect(await inventory()).toMatchObject({ functions: 6, problem: null, filtersProblem: null });
  expect({
    whole: await rateOf(product, 'whole', 'other'),
    kit: await rateOf(product, 'kit', 'mine'),
    shared: await rateOf(product, 'shared', 'by-hand', '/acme/all'),
    two: await rateOf(product, 'two', 'passing'),
  }).toEqual({ whole: 0, kit: 0, shared: 0, two: 0 });
  // A declared name whose pattern was edited; a name that the inventory did not see, with and without a declaration.
  expect(await rateOf(product, 'edited', 'thermocline')).toBeNull();
  expect(await rateOf(product, 'required', 'thermocline')).toBeNull();
  const page = await product.json<{ items: { id: string; subscriptionFilters: object | null }[] }>('/api/v1/inventory');
  expect(page.items.find(({ id }) => id.endsWith(':two'))?.subscriptionFilters).toEqual({
    dropping: false,
    passing: true,
  });
});

test('a filter that passes nothing of them among those of a group leaves the rate unknown', async () => {
  addFunction('two-drops', [
    ['dropping', PLATFORM_ONLY],
    ['passing', ''],
  ]);
  await inventory();
  expect(await rateOf(product, 'two-drops', 'dropping')).toBeNull();
});

test('a policy of the account applies to every group', async () => {
  aws.accountPolicies.push({
    policyName: 'fleet',
    policyDocument: JSON.stringify({ DestinationArn: 'arn:x', FilterPattern: '' }),
  });
  addFunction('by-policy', []);
  await inventory();
  expect(await rateOf(product, 'by-policy', 'fleet')).toBe(0);
});

test('a mended pattern counts from the next inventory on', async () => {
  addFunction('mended', [['own', PLATFORM_ONLY]]);
  await inventory();
  expect(await rateOf(product, 'mended', 'own')).toBeNull();
  aws.functions.length = 0;
  addFunction('mended', [['own', PLATFORM_FILTER]]);
  expect(await inventory()).toMatchObject({ changed: 1 });
  expect(await rateOf(product, 'mended', 'own')).toBe(0);
});

test('groups that are missing or of another class have no filters', async () => {
  addFunction('never-ran', []);
  aws.groups.clear();
  addFunction('rare', []);
  aws.group('/aws/lambda/rare', [], { logGroupClass: 'INFREQUENT_ACCESS' });
  expect(await inventory()).toMatchObject({ functions: 2, filtersProblem: null });
});

test.each(['DescribeSubscriptionFilters', 'DescribeAccountPolicies'])(
  'without permission for %s the inventory continues, and declared names decide',
  async (denied) => {
    const name = `denied-${denied.length}`;
    addFunction(name, [['thermocline', PLATFORM_ONLY]]);
    addFunction(`${name}-2`, []);
    aws.script = ({ target }) =>
      target === denied ? { type: 'AccessDeniedException', message: 'not you' } : undefined;
    const result = await inventory();
    expect(result).toMatchObject({ functions: 2, problem: null });
    expect(result.filtersProblem).toContain(`Allow logs:${denied}`);
    expect(aws.of(denied)).toHaveLength(1);
    expect(await rateOf(product, name, 'thermocline')).toBe(0);
  },
);

test('patterns survive a restart', async () => {
  addFunction('kept', [['thermocline', PLATFORM_ONLY]]);
  await inventory();
  await product.close();
  product = await startProduct({ folder: product.folder, now: () => NOW_MS });
  expect(await rateOf(product, 'kept', 'thermocline')).toBeNull();
});
