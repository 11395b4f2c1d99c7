/** The page of a function that fails, has no data, or is deleted; and its imported Power Tuning results. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_ID, FUNCTION_PATH, RANGE, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
const status: NonNullable<Answers['getIngestStatus']> = examples.getIngestStatus.answer;

describe('no answer', () => {
  test('no data in the range: which range has data, one click away', async () => {
    const page = await showTab('memory', {
      chosen: '&refresh=10s&status=oom',
      failures: { getFunction: { code: 'no-data-in-range' } },
      answers: {
        getIngestStatus: {
          ...status,
          firstEventAt: '2026-11-10T06:59:00.000Z',
          lastEventAt: '2026-11-20T06:59:57.858Z',
        },
      },
    });
    expect(page.text).toContain(
      'No invocations of this function in this time range Stored data covers 2026-11-10 to 2026-11-20.',
    );
    expect(page.text).not.toContain('Failed to load');
    await page.click('Show latest data');
    // All of it, with a minute on either side.
    expect(page.address).toBe(
      `${FUNCTION_PATH}?from=2026-11-10T06%3A58%3A00.000Z&to=2026-11-20T07%3A00%3A57.858Z&tab=memory&refresh=10s`,
    );
  });

  test('of more than thirty days, the last day that has events', async () => {
    const page = await showTab('memory', {
      failures: { getFunction: { code: 'no-data-in-range' } },
      answers: {
        getIngestStatus: {
          ...status,
          firstEventAt: '2026-10-01T00:00:00.000Z',
          lastEventAt: '2026-11-20T06:59:00.000Z',
        },
      },
    });
    await page.click('Show latest data');
    expect(page.address).toContain('from=2026-11-19T07%3A00%3A00.000Z&to=2026-11-20T07%3A00%3A00.000Z');
  });

  test('an unknown function: its name, and a way to all', async () => {
    const { text, link } = await showTab('memory', {
      failures: { getFunction: { code: 'not-found', detail: 'No function checkout is known' } },
    });
    expect(text).toContain('checkout No function checkout is known All functions');
    expect(link('All functions')).toBe(`/functions?${RANGE}`);
    expect(text).not.toContain('Failed to load');
  });

  test('an unknown function where nothing has arrived yet: how to get data', async () => {
    const failures = { getFunction: { code: 'not-found' as const } };
    const waiting = await showTab('memory', {
      failures,
      answers: { getIngestStatus: { ...status, firstEventAt: null, lastEventAt: null, rejected: 12_345 } },
    });
    expect(waiting.text).toContain(
      'Connected, waiting for the first Lambda line logs /aws/lambda/checkout sent data 3 min ago, but no Lambda platform line so far.',
    );
    expect(waiting.link('12.3 k records could not be parsed')).toBe(`/ingest?${RANGE}`);
    restore();
    const nothing = await showTab('memory', {
      failures,
      answers: { getIngestStatus: { ...status, firstEventAt: null, lastEventAt: null, sources: [] } },
    });
    expect(nothing.text).toContain(
      'No data yet Waiting for the first log line. This page updates automatically. Three ways to get data:',
    );
  });

  test('a server that cannot be reached, and one that refuses', async () => {
    const { text } = await showTab('memory', { failures: { getFunction: 'unreachable' } });
    expect(text).toContain('Failed to load this function. Cannot reach the server. Retry');
    expect(text).not.toContain('nodejs20.x');
    restore();
    const status503 = await showTab('memory', {
      failures: { getFunction: { code: 'no-data-in-range' }, getIngestStatus: { code: 'unavailable' } },
    });
    expect(status503.text).toContain('Failed to load the ingest status. The store is temporarily unavailable. Retry');
  });

  test.each([
    ['cold-starts', 'getFunctionColdStarts', 'cold starts'],
    ['memory', 'getFunctionMemory', 'memory'],
    ['network', 'getFunctionNetwork', 'network'],
    ['failures', 'getFunctionFailures', 'failures'],
  ] as const)('the tab %s says that it failed, below the facts', async (tab, id, what) => {
    const { text } = await showTab(tab, { failures: { [id]: { code: 'deadline' } } });
    expect(text).toContain(`Failed to load ${what}. The query timed out. Choose a shorter time range. Retry`);
    expect(text).toContain('nodejs20.x');
  });
});

test('facts that are not known say so', async () => {
  const { section } = await showTab('cold-starts', {
    facts: {
      runtime: null,
      memoryMb: null,
      architecture: null,
      region: '',
      version: null,
      runtimeSupport: null,
      maxMemoryUsedMb: null,
      memoryUse: null,
      costUsd: null,
      costReason: 'no price for this region',
      warnings: ['price-assumed'],
      errorRate: {
        value: null,
        low: null,
        high: null,
        n: 100,
        failures: 3,
        unknown: { invocations: 100, reason: 'No lines of the runtime arrive', remedy: 'Widen the filter' },
      },
    },
  });
  const shown = section('Facts');
  for (const fact of [
    'architecture unknown · version unknown',
    'Region unknown',
    '≥ 3.0 % failed only 3 failures reported by Lambda itself are known No lines of the runtime arrive How to receive these lines Widen the filter',
    'Memory peak – of –',
    'Cost unknown: no price for this region · x86 assumed',
  ])
    expect(shown).toContain(fact);
  expect(shown).not.toContain('Runtime support');
});

test('architectures of versions that differ are counted; declared instances have another basis', async () => {
  const version = { version: '1', memoryMb: 256, costUsd: 1 };
  const { section } = await showTab('cold-starts', {
    facts: {
      costBasis: 'managed-instances',
      costUsd: 12.5,
      versions: [
        { ...version, architecture: 'arm64', invocations: 1000 },
        { ...version, architecture: 'x86_64', invocations: 1 },
        { ...version, architecture: 'arm64', invocations: 234 },
        { ...version, architecture: null, invocations: 2 },
      ],
      runtimeSupport: { deprecation: '2027-04-30', blockCreate: null, blockUpdate: '2027-06-01', phase: 'ending' },
    },
  });
  const shown = section('Facts');
  expect(shown).toContain('arm64 (1,234 invocations), x86_64 (1 invocation), architecture unknown (2 invocations)');
  expect(shown).toContain('Cost $12.50 for the declared instances, with AWS’s fee');
  expect(shown).toContain('Runtime support deprecation 2027-04-30 · no updates from 2027-06-01');
});

test.each([
  [
    [
      ['arm64', 3],
      ['x86_64', 2],
    ],
    'arm64 (3 invocations), x86_64 (2 invocations)',
  ],
  [
    [
      ['x86_64', 3],
      ['x86_64', 2],
    ],
    ' · x86_64 · ',
  ],
  [
    [
      ['arm64', 3],
      [null, 1],
    ],
    'arm64 (3 invocations), architecture unknown (1 invocation)',
  ],
] as const)('architectures of versions: %j', async (versions, text) => {
  const { section } = await showTab('cold-starts', {
    facts: {
      architecture: 'x86_64',
      versions: versions.map(([architecture, invocations]) => ({
        version: '1',
        memoryMb: 256,
        costUsd: 1,
        architecture,
        invocations,
      })),
    },
  });
  expect(section('Facts')).toContain(text);
});

describe('deletion', () => {
  test('only the typed name deletes', async () => {
    const page = await showTab('overview');
    await page.fill('name of the function', 'check');
    await page.submit('Delete function');
    expect(page.sent).toEqual([]);
    expect(page.text).toContain('Type checkout to delete it.');
    await page.fill('name of the function', 'checkout');
    await page.submit('Delete function');
    expect(page.sent).toEqual([[`DELETE /api/v1/functions/${encodeURIComponent(FUNCTION_ID)}`, undefined]]);
    expect(page.text).toContain('Deleted. What is delivered again from now on is stored as new.');
  });

  test('a refusal is shown', async () => {
    const page = await showTab('overview', { failures: { deleteFunction: { code: 'forbidden' } } });
    await page.fill('name of the function', 'checkout');
    await page.submit('Delete function');
    expect(page.text).toContain('The token does not have the required scope');
  });
});

describe('Power Tuning results', () => {
  const memory: NonNullable<Answers['getFunctionMemory']> = examples.getFunctionMemory.answer;
  const run = {
    id: 'a'.repeat(32),
    importedAt: '2026-11-27T10:00:00.000Z',
    startedAt: '2026-11-26T09:30:15.000Z',
    invocations: 12_345,
    coldStarts: false,
    chosenMb: 512,
    points: [
      { memoryMb: 256, durationMs: 1234.5, costUsd: 0.000_005 },
      { memoryMb: 512, durationMs: 84.11, costUsd: null },
    ],
    refusal: null,
  };
  const answers: Answers = {
    getFunctionMemory: {
      ...memory,
      tuning: [run, { ...run, id: 'b', startedAt: null, invocations: null, refusal: 'Most were cold starts' }],
    },
  };

  test('what each measured, and whether it counts', async () => {
    const { table } = await showTab('memory', { answers });
    expect(table('Power Tuning results')).toEqual([
      ['Ran', 'Invocations per size', 'Measured, with the inits of cold starts', 'Use', ''],
      [
        '2026-11-26 09:30:15 imported 2026-11-27 10:00:00',
        '12.3 k',
        '256 MB 1.23 s · 512 MB 84.1 ms',
        'taken into account',
        'Delete',
      ],
      [
        'not known imported 2026-11-27 10:00:00',
        'not known',
        '256 MB 1.23 s · 512 MB 84.1 ms',
        'Most were cold starts',
        'Delete',
      ],
    ]);
  });

  test('one is deleted by the second click', async () => {
    const page = await showTab('memory', { answers });
    await page.click('Delete');
    expect(page.sent).toEqual([]);
    await page.click('Delete result');
    expect(page.sent).toEqual([[`DELETE /api/v1/tuning-runs/${run.id}`, undefined]]);
    expect(page.section('Power Tuning results')).toContain('Power Tuning result deleted.');
    expect(page.requested.filter((address) => address.includes('/memory?'))).toHaveLength(2);
  });
});

test('what measures better is offered: an input for Power Tuning, and the observed sizes', async () => {
  const memory: NonNullable<Answers['getFunctionMemory']> = examples.getFunctionMemory.answer;
  const show = (powerTuningInput: Record<string, unknown> | null, powerTuningUrl: string | null) =>
    showTab('memory', { answers: { getFunctionMemory: { ...memory, powerTuningInput, powerTuningUrl } } });
  const both = await show({ num: 50 }, 'https://lambda-power-tuning.show/#a');
  expect(both.section('Improve confidence')).toContain(
    'Run AWS Lambda Power Tuning with this input and import the result: it becomes a tested size on this page. { "num": 50 }',
  );
  expect(both.link('Open the observed sizes in the Power Tuning visualiser')).toBe(
    'https://lambda-power-tuning.show/#a',
  );
  restore();
  const address = await show(null, 'https://lambda-power-tuning.show/#a');
  expect(address.section('Improve confidence')).not.toContain('with this input');
  restore();
  expect((await show(null, null)).text).not.toContain('Improve confidence');
});

test('unused inits: what is not known of their time and cost', async () => {
  const failures: NonNullable<Answers['getFunctionFailures']> = examples.getFunctionFailures.answer;
  const noteOf = async (unusedInits: typeof failures.cost.unusedInits) => {
    const { tile } = await showTab('failures', {
      answers: { getFunctionFailures: { ...failures, cost: { ...failures.cost, unusedInits } } },
    });
    const { note } = tile('Unused inits');
    restore();
    return note;
  };
  expect(await noteOf({ n: 0, initMs: null, usd: null, unpriced: 0 })).toBe('environments');
  expect(await noteOf({ n: 3, initMs: 1234.5, usd: null, unpriced: 3 })).toBe(
    'environments, 1.23 s of init, cost not known',
  );
  expect(await noteOf({ n: 3, initMs: 1234.5, usd: 4321.5, unpriced: 0 })).toBe('environments, 1.23 s of init, $4,322');
});

test('network: tiles that need more data say which, and how a missing route looks', async () => {
  const network: NonNullable<Answers['getFunctionNetwork']> = examples.getFunctionNetwork.answer;
  const { tile, text } = await showTab('network', {
    answers: {
      getFunctionNetwork: {
        ...network,
        preInitMs: null,
        placementMs: null,
        truncated: true,
        missingRoute: { ...network.missingRoute, suspected: false },
      },
    },
  });
  expect(tile('Before init, p50 / p95')).toEqual({ value: '–', note: 'requires traces of cold starts' });
  expect(text).not.toContain('Placement and download');
  expect(text).toContain('No sign of a missing route to the internet.');
  expect(text).toContain('Only the newest traces of the time range were analysed.');
  restore();
  const lost = await showTab('network', {
    answers: {
      getFunctionNetwork: {
        ...network,
        placementMs: { value: 84.11, low: 12.3, high: 1234.5 },
        cohort: { ...network.cohort, functions: 12 },
        truncated: false,
        missingRoute: { ...network.missingRoute, suspected: true, timeouts: 3, reason: 'check the route' },
      },
    },
  });
  expect(lost.tile('Placement and download')).toEqual({
    value: '84.1 ms',
    note: 'mean of 12 similar functions outside of a VPC; 95 % interval 12.3 ms – 1.23 s',
  });
  expect(lost.text).toContain('3 timeouts suggest a missing route to the internet: check the route');
  expect(lost.text).not.toContain('Only the newest traces');
});

test.each([
  ['cold-starts', ['cold-starts']],
  ['environments', ['environments']],
  ['keep-alive', ['keep-alive']],
  ['provisioned', ['provisioned-concurrency']],
  ['overview', ['timeseries']],
  ['memory', ['memory', 'managed-instances']],
  ['network', ['network']],
  ['failures', ['failures']],
  ['tenants', ['tenants']],
  ['executions', ['durable-executions']],
  ['responses', ['responses']],
] as const)('the tab %s asks for its answers of this function', async (tab, names) => {
  const { requested } = await showTab(tab);
  const asked = requested.map((address) => address.split('?')[0]);
  for (const name of names) expect(asked).toContain(`/api/v1${FUNCTION_PATH}/${name}`);
  // Nothing is asked of a function without its id.
  expect(asked.filter((address) => address?.includes('undefined') || address?.includes(':id'))).toEqual([]);
});
