/** Tenants, Executions, Responses and Managed Instances of a function, worked out by hand from fixed answers. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { TabOptions } from '../../../test/support/show-function.ts';
import { FUNCTION_PATH, RANGE, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);

const features = ['tenant-isolation', 'durable', 'responses'] as const;

test('functions of a special kind have their tabs, others do not', async () => {
  const special = await showTab('cold-starts', { facts: { features: [...features] } });
  for (const [label, tab] of [
    ['Tenants', 'tenants'],
    ['Executions', 'executions'],
    ['Responses', 'responses'],
  ] as const)
    expect(special.link(label)).toBe(`${FUNCTION_PATH}?${RANGE}&tab=${tab}`);
  restore();
  const plain = await showTab('cold-starts');
  expect(() => plain.link('Tenants')).toThrow('no link Tenants');
});

describe('tenants', () => {
  const answer: NonNullable<Answers['getFunctionTenants']> = {
    ...examples.getFunctionTenants.answer,
    items: [
      {
        tenant: 'acme & sons',
        invocations: 12_345,
        errorRate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345 },
        coldStarts: 331,
        userFeltColdStartRate: { value: 0.0268, low: 0.024, high: 0.0298, n: 12_345 },
        environments: 12,
        durationMs: { p50: 84.11, p95: 12_345 },
        billedMs: 1_234_567,
        lastAt: '2026-11-27T07:59:12.004Z',
      },
    ],
    total: 23_456,
    withoutTenant: 34_567,
  };
  const show = (changed: Partial<typeof answer> = {}, options: TabOptions = {}) =>
    showTab('tenants', { answers: { getFunctionTenants: { ...answer, ...changed } }, ...options });

  test('each has its figures, and a link to its invocations', async () => {
    const { table, link, elements, requested, section } = await show();
    expect(requested).toContain(`/api/v1${FUNCTION_PATH}/tenants?${RANGE}`);
    expect(table('Tenants')).toEqual([
      ['Tenant', 'Invocations', 'Errors', 'Cold starts', 'Environments', 'Duration p50', 'p95', 'Last seen'],
      ['acme & sons', '12.3 k', '7.1 %', '331', '12', '84.1 ms', '12.3 s', '2026-11-27 07:59:12'],
    ]);
    expect(link('acme & sons')).toBe(`${FUNCTION_PATH}?${RANGE}&tab=invocations&tenant=acme+%26+sons`);
    expect(elements('span').find(({ text }) => text === '7.1 %')?.attributes['title']).toBe(
      '5.9–8.5 %, n=12.3 k, assumes independent invocations',
    );
    const shown = section('Tenants (23.5 k)');
    expect(shown).toContain('Only the tenant with most invocations is shown.');
    expect(shown).toContain('34,567 invocations have no tenant and are not listed.');
  });

  test('nothing is said of what is not left out', async () => {
    const { text } = await show({ total: 1, withoutTenant: 0 });
    expect(text).not.toContain('with most invocations');
    expect(text).not.toContain('no tenant');
  });

  test('no tenants, and a failure', async () => {
    const { text } = await show({ items: [], total: 0 });
    expect(text).toContain(
      'No invocations with a tenant in this time range Lambda prints the tenant in JSON logs only.',
    );
    restore();
    const failed = await show({}, { failures: { getFunctionTenants: { code: 'unavailable' } } });
    expect(failed.text).toContain('Failed to load tenants. The store is temporarily unavailable. Retry');
  });
});

describe('executions', () => {
  const at = '2026-11-28T06:00:00.000Z';
  const invocations = Array.from({ length: 21 }, (_, index) => ({
    requestId: `request-${index}`,
    at,
    replay: index > 0,
    operations: 1,
  }));
  const answer: NonNullable<Answers['getFunctionExecutions']> = {
    ...examples.getFunctionExecutions.answer,
    items: [
      {
        name: 'order-17',
        executionId: '5f2c7b1e',
        firstAt: '2026-11-27T06:00:00.000Z',
        lastAt: '2026-11-27T07:00:02.999Z',
        invocations,
        replays: 20,
        operations: 12_345,
        operationsUsd: 0.000_024,
      },
    ],
    total: 12_345,
  };
  const show = (changed: Partial<typeof answer> = {}, options: TabOptions = {}) =>
    showTab('executions', { answers: { getFunctionExecutions: { ...answer, ...changed } }, ...options });

  test('each has its times, invocations and lower bounds', async () => {
    const { table, link, section, elements, requested, text } = await show();
    expect(requested).toContain(`/api/v1${FUNCTION_PATH}/durable-executions?${RANGE}`);
    expect(text).not.toContain('No durable executions');
    const [header, row] = table('Durable executions');
    expect(header).toEqual([
      'Execution',
      'Started',
      'Last line',
      'Invocations',
      'Replays',
      'Operations',
      'Cost of operations',
    ]);
    // The first twenty invocations: the start, and replays 1 to 19.
    expect(row?.[3]).toMatch(/^start replay 1 replay 2 .* replay 19$/);
    expect(row?.toSpliced(3, 1)).toEqual([
      'order-17',
      '2026-11-27 06:00:00',
      '2026-11-27 07:00:02',
      '20',
      '≥ 12.3 k',
      '≥ $0.000024',
    ]);
    expect(link('start')).toBe(`/invocations/request-0?${RANGE}`);
    expect(link('replay 19')).toBe(`/invocations/request-19?${RANGE}`);
    const titles = elements('a').map(({ attributes }) => attributes['title']);
    expect(titles).toContain('request-0');
    expect(titles).toContain('request-1: replays');
    expect(elements('span').find(({ text }) => text === 'order-17')?.attributes['title']).toBe('5f2c7b1e');
    expect(section('Durable executions (12.3 k)')).toContain(
      'Operations are those that log lines name. Waiting between invocations costs nothing; a replay is billed like any invocation.',
    );
  });

  test('one execution alone, with a way back to all', async () => {
    const { text, link, requested } = await show({}, { chosen: '&execution=order-17%2F5f2c7b1e' });
    expect(requested).toContain(`/api/v1${FUNCTION_PATH}/durable-executions?${RANGE}&execution=order-17%2F5f2c7b1e`);
    expect(text).toContain('Only the execution order-17/5f2c7b1e. Show all');
    expect(link('Show all')).toBe(`${FUNCTION_PATH}?${RANGE}&tab=executions`);
  });

  test('no executions, and a failure', async () => {
    const { text } = await show({ items: [], total: 0 });
    expect(text).toContain(
      'No durable executions in this time range Only lines of the SDK’s logger name the execution; a filter may drop them.',
    );
    restore();
    const failed = await show({}, { failures: { getFunctionExecutions: 'unreachable' } });
    expect(failed.text).toContain('Failed to load durable executions. Cannot reach the server. Retry');
  });
});

describe('responses', () => {
  const none = { n: 0, p50: null, p95: null, max: null };
  const answer: NonNullable<Answers['getFunctionResponses']> = {
    ...examples.getFunctionResponses.answer,
    firstByteMs: { n: 12_345, p50: 84.11, p95: 1234.5, max: 12_345 },
    responseMs: { n: 12_346, p50: 900, p95: 1500, max: 60_000 },
    // 20 KiB, 7 MiB and 1.5 GiB.
    bytes: { n: 12_347, p50: 20_480, p95: 7_340_032, max: 1_610_612_736, sum: 7_360_512 },
    beyondFreeBytes: 1_048_576,
    streamedUsd: 4321.5,
  };
  const show = (changed: Partial<typeof answer> = {}, options: TabOptions = {}) =>
    showTab('responses', { answers: { getFunctionResponses: { ...answer, ...changed } }, ...options });

  test('times, sizes and the price of streamed bytes', async () => {
    const { table, section, requested } = await show();
    expect(requested).toContain(`/api/v1${FUNCTION_PATH}/responses?${RANGE}`);
    expect(table('Responses')).toEqual([
      ['Figure', 'Responses', 'p50', 'p95', 'Max'],
      ['Time to first byte', '12.3 k', '84.1 ms', '1.23 s', '12.3 s'],
      ['First to last byte', '12.3 k', '900 ms', '1.50 s', '1.00 min'],
      ['Size', '12.3 k', '20.0 KiB', '7.0 MiB', '1.5 GiB'],
    ]);
    // 7,360,512 / 1,048,576 = 7.02
    expect(section('Responses')).toContain(
      '7.0 MiB in total. If the function streams, AWS bills the bytes of each response beyond the first 6 MB: 1.0 MiB, $4,322 at list price.',
    );
  });

  test('what is not known is no zero', async () => {
    const { table } = await show({ responseMs: none, bytes: { ...none, sum: 0 } });
    expect(table('Responses').slice(2)).toEqual([
      ['First to last byte', '0', '–', '–', '–'],
      ['Size', '0', '–', '–', '–'],
    ]);
  });

  test('one figure is enough, and then nothing is missing', async () => {
    for (const changed of [
      { firstByteMs: none, responseMs: none },
      { firstByteMs: none, bytes: { ...none, sum: 0 } },
      { responseMs: none, bytes: { ...none, sum: 0 } },
    ]) {
      const { text, table } = await show(changed);
      expect(table('Responses')).toHaveLength(4);
      expect(text).not.toContain('No responses in this time range');
      restore();
    }
  });

  test('no responses, and a failure', async () => {
    const { text } = await show({ firstByteMs: none, responseMs: none, bytes: { ...none, sum: 0 } });
    expect(text).toContain(
      'No responses in this time range Lambda reports them in JSON logs, at system log level DEBUG, and on Managed Instances.',
    );
    restore();
    const failed = await show({}, { failures: { getFunctionResponses: { code: 'forbidden' } } });
    expect(failed.text).toContain('Failed to load responses. The token does not have the required scope. Retry');
  });
});

describe('Managed Instances', () => {
  const answer: NonNullable<Answers['getFunctionManagedInstances']> = {
    ...examples.getFunctionManagedInstances.answer,
    onDemandUsd: 4321.5,
    // 7.2 + 15 % of it + 1.1 = 9.38
    managed: {
      instances: 3,
      instanceHourUsd: 0.1,
      ec2Usd: 7.2,
      managementFeeUsd: 1.08,
      requestsUsd: 1.1,
      totalUsd: 9.38,
    },
    breakEvenHourUsd: 0.8696,
    peakConcurrency: 12_345,
    verdict: 'cheaper',
    reason: null,
  };
  const show = (changed: Partial<typeof answer> = {}, options: TabOptions = {}) =>
    showTab('memory', { answers: { getFunctionManagedInstances: { ...answer, ...changed } }, ...options });

  test('both costs, the verdict and where it turns', async () => {
    const { section, requested } = await show({}, { chosen: '&instances=3&instanceHourUsd=0.1' });
    expect(requested).toContain(`/api/v1${FUNCTION_PATH}/managed-instances?${RANGE}&instances=3&instanceHourUsd=0.1`);
    const shown = section('Managed Instances cost');
    for (const fact of [
      'On demand $4,322 in this time range',
      'Managed Instances $9.38: EC2 $7.20, fee of 15 % $1.08, requests $1.10',
      'Verdict Managed Instances are cheaper',
      'Break-even Managed Instances are cheaper while all instances together cost less than $0.87 per hour; at most 12.3 k invocations ran at the same time',
      'By default Lambda keeps at least three instances, in different Availability Zones.',
    ])
      expect(shown).toContain(fact);
    expect(shown).not.toContain('Unknown because');
  });

  test('what is not known says why', async () => {
    const reason = 'No EC2 price is declared';
    const { section } = await show({ onDemandUsd: null, managed: null, breakEvenHourUsd: null, verdict: null, reason });
    const shown = section('Managed Instances cost');
    expect(shown).toContain(`On demand unknown Managed Instances unknown Unknown because ${reason}`);
    expect(shown).not.toContain('Verdict');
    expect(shown).not.toContain('Break-even');
  });

  test('instances and price are chosen in the address, and read from nothing else', async () => {
    const page = await show({}, { chosen: '&instances=many&instanceHourUsd=' });
    const requested = () => page.requested.filter((address) => address.includes('/managed-instances')).at(-1);
    expect(requested()).toBe(`/api/v1${FUNCTION_PATH}/managed-instances?${RANGE}`);
    await page.fill('EC2 instances', '4');
    await page.fill('price per instance', '0.25');
    expect(page.address).toBe(`${FUNCTION_PATH}?${RANGE}&tab=memory&instances=4&instanceHourUsd=0.25`);
    expect(requested()).toBe(`/api/v1${FUNCTION_PATH}/managed-instances?${RANGE}&instances=4&instanceHourUsd=0.25`);
    await page.fill('EC2 instances', '');
    expect(page.address).toBe(`${FUNCTION_PATH}?${RANGE}&tab=memory&instanceHourUsd=0.25`);
    expect(requested()).toBe(`/api/v1${FUNCTION_PATH}/managed-instances?${RANGE}&instanceHourUsd=0.25`);
  });

  test('a failure names the comparison', async () => {
    const failed = await show({}, { failures: { getFunctionManagedInstances: { code: 'too-many-requests' } } });
    expect(failed.section('Managed Instances cost')).toContain(
      'Failed to load the comparison. Too many requests. Retry',
    );
  });

  test('a function that runs only there has no memory sizes to compare', async () => {
    const facts = { memoryMb: null, features: ['managed-instances' as const] };
    const { text, requested } = await show({}, { facts });
    expect(text).toContain('Managed Instances cost');
    expect(requested.some((address) => address.includes('/memory?'))).toBe(false);
  });
});
