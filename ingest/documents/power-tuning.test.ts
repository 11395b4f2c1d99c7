/**
 * Forms of a Power Tuning result. Figures are those of its README ("State machine output" and the example URL) and of the output that
 * a user published in its issue 265; `describe-execution` is as the AWS CLI documentation shows it.
 */
import { expect, test } from 'vitest';
import { published } from '../../test/support/published-data.ts';
import { readRawLogs } from '../formats/raw-logs.ts';
import type { TuningRun } from '../records/tuning-run.ts';
import { looksLikeTuning, looksLikeTuningUrl, pointsOf, readTuning } from './power-tuning.ts';
import { readDocument } from './read-document.ts';

const OUTPUT = {
  power: 2048,
  cost: 0.0000018816000000000001,
  duration: 54.95933333333334,
  stateMachine: {
    executionCost: 0.00075,
    lambdaCost: 0.0013002423000000002,
    visualization: 'https://lambda-power-tuning.show/#encodeddata',
  },
  stats: [
    { value: 128, averagePrice: 9.345000000000001e-7, averageDuration: 443.89949999999993 },
    { value: 2048, averagePrice: 0.0000018816000000000001, averageDuration: 54.95933333333334 },
    { value: 512, averagePrice: 7.56e-7, averageDuration: 88.51350000000001 },
  ],
};
const POINTS = [
  { memoryMb: 128, durationMs: 443.89949999999993, costUsd: 9.345000000000001e-7 },
  { memoryMb: 512, durationMs: 88.51350000000001, costUsd: 7.56e-7 },
  { memoryMb: 2048, durationMs: 54.95933333333334, costUsd: 0.0000018816000000000001 },
];
const INPUT = {
  lambdaARN: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout:prod',
  powerValues: [128, 512, 2048],
  num: 50,
  payload: {},
  strategy: 'cost',
};
const EXAMPLE_URL =
  'https://lambda-power-tuning.show/#gAAAAQACAAQABsAL;ZooQR4yvkUa/pQRGRC5zRaADHUVjOftE;QdWhOEMkoziDT5Q4xhiIOMYYiDi6RNc4';

function read(text: string, logGroup = '/aws/lambda/given'): readonly TuningRun[] {
  const logs = readRawLogs(Buffer.from(text), { account: '', region: '', logGroup, logStream: '' });
  if (!logs.ok) throw new Error(logs.message);
  expect(logs.unreadable).toEqual([]);
  return logs.records.map(({ record }) => record as TuningRun);
}

function reasonsOf(text: string, logGroup = '/aws/lambda/given'): readonly string[] {
  const logs = readRawLogs(Buffer.from(text), { account: '', region: '', logGroup, logStream: '' });
  if (!logs.ok) throw new Error(logs.message);
  expect(logs.records).toEqual([]);
  return logs.unreadable.map(({ reason }) => reason);
}

test.each([
  ['alone', OUTPUT],
  ['under results, as documented', { results: OUTPUT }],
  ['under output, as the console shows it', { output: OUTPUT }],
  ['with the power as text', { results: { ...OUTPUT, power: '2048' } }],
])('the output of the state machine, %s', (_, value) => {
  for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    expect(read(text)).toEqual([
      {
        kind: 'tuning-run',
        account: null,
        region: null,
        functionName: 'given',
        atMs: null,
        invocations: null,
        coldStarts: null,
        chosenMb: 2048,
        points: POINTS,
      },
    ]);
  }
});

test.each([
  ['seconds of version 1', 1711447600.123, 1711447600123],
  ['ISO time of version 2', '2024-03-26T11:06:40.123000+01:00', 1711447600123],
])('describe-execution names the function, the number of invocations and the time: %s', (_, startDate, atMs) => {
  const execution = {
    executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:powerTuningStateMachine:abc123',
    stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:powerTuningStateMachine',
    name: 'abc123',
    status: 'SUCCEEDED',
    startDate,
    stopDate: startDate,
    input: JSON.stringify(INPUT),
    inputDetails: { included: true },
    output: JSON.stringify(OUTPUT),
    outputDetails: { included: true },
  };
  const known = { account: '111122223333', region: 'eu-west-1', functionName: 'checkout', atMs, invocations: 50 };
  expect(read(JSON.stringify(execution), '')).toMatchObject([{ ...known, coldStarts: false, points: POINTS }]);
  const failed = { ...execution, status: 'FAILED', output: undefined };
  expect(reasonsOf(JSON.stringify(failed))).toEqual(['tuning-without-points']);
});

test.each([
  [{ onlyColdStarts: true }, true],
  [{ parallelInvocation: true }, true],
  [{ onlyColdStarts: false, parallelInvocation: false }, false],
])('invocations that run at once are cold starts: %j', (settings, coldStarts) => {
  const execution = {
    executionArn: 'x',
    input: JSON.stringify({ ...INPUT, ...settings }),
    output: JSON.stringify(OUTPUT),
  };
  expect(read(JSON.stringify(execution))).toMatchObject([{ coldStarts }]);
});

test('the state of an execution: the input with stats of every size', () => {
  const state = {
    ...INPUT,
    lambdaConfigurations: {},
    stats: OUTPUT.stats.map((stat) => ({ ...stat, totalCost: 1e-4 })),
  };
  expect(read(JSON.stringify(state), '')).toMatchObject([
    { functionName: 'checkout', invocations: 50, chosenMb: null, points: POINTS },
  ]);
  const analysed = { ...state, analysis: { ...OUTPUT, stats: undefined } };
  expect(read(JSON.stringify(analysed), '')).toMatchObject([{ chosenMb: 2048, points: POINTS }]);
});

test.each([
  ['checkout', null],
  ['checkout:3', null],
  ['111122223333:function:checkout', '111122223333'],
  ['arn:aws:lambda:eu-west-1:111122223333:function:checkout:$LATEST', '111122223333'],
])('lambdaARN may be %s', (lambdaARN, account) => {
  const state = { ...INPUT, lambdaARN, stats: OUTPUT.stats };
  expect(read(JSON.stringify(state), '')).toMatchObject([{ functionName: 'checkout', account }]);
});

test('the URL of a visualization, alone or as the only place of the figures', () => {
  // Sizes of the README's example, and its first duration as science.md and the picture show it: 37 s at 128 MB.
  const [run] = read(`${EXAMPLE_URL}\n`);
  expect(run?.points.map(({ memoryMb }) => memoryMb)).toEqual([128, 256, 512, 1024, 1536, 3008]);
  expect(run?.points[0]?.durationMs).toBeCloseTo(37_002.4, 0);
  expect(run?.points[0]?.costUsd).toBeGreaterThan(0);
  const output = { ...OUTPUT, stats: undefined, stateMachine: { visualization: EXAMPLE_URL } };
  expect(read(JSON.stringify(output))[0]?.points).toEqual(run?.points);
  expect(reasonsOf(EXAMPLE_URL, '')).toEqual(['tuning-without-function']);
  expect(reasonsOf(`${EXAMPLE_URL};${EXAMPLE_URL.split('#')[1]};a;b`)).toEqual(['tuning-compares-runs']);
});

test('a run of all 159 sizes is read in full', () => {
  const sizes = Array.from({ length: 159 }, (_, at) => 128 + 64 * at);
  const text = (list: Int16Array | Float32Array): string => Buffer.from(list.buffer).toString('base64');
  const hash = [
    text(Int16Array.from(sizes)),
    text(Float32Array.from(sizes, (mb) => 1e5 / mb)),
    text(Float32Array.from(sizes, () => 1e-6)),
  ].join(';');
  const visualization = `https://lambda-power-tuning.show/#${hash}`;
  const output = { ...OUTPUT, stats: undefined, stateMachine: { visualization } };
  expect(read(JSON.stringify(output))[0]?.points.map(({ memoryMb }) => memoryMb)).toEqual(sizes);
});

test('costs in another currency are not dollars', () => {
  const url = EXAMPLE_URL.replace('/#', '/?currency=CNY#');
  expect(read(url)[0]?.points.map(({ costUsd }) => costUsd)).toEqual([null, null, null, null, null, null]);
  const output = { ...OUTPUT, stateMachine: { visualization: url } };
  expect(read(JSON.stringify(output))[0]?.points.map(({ costUsd }) => costUsd)).toEqual([null, null, null]);
});

test('an address is a result if nothing is before or after it', () => {
  expect(looksLikeTuningUrl(` ${EXAMPLE_URL}\n`)).toBe(true);
  expect(looksLikeTuningUrl(EXAMPLE_URL.replace('https:', 'http:'))).toBe(true);
  for (const text of [`see ${EXAMPLE_URL}`, `${EXAMPLE_URL} and more`, EXAMPLE_URL.slice(8)])
    expect([text, looksLikeTuningUrl(text)]).toEqual([text, false]);
});

test('the state of an execution lists sizes with durations, unless the document is an execution', () => {
  const { lambdaARN } = INPUT;
  const measured = { value: 128, averagePrice: 1e-6, averageDuration: 12 };
  expect(looksLikeTuning({ lambdaARN, stats: [measured, measured] })).toBe(true);
  // Of another tool.
  expect(looksLikeTuning({ lambdaARN, stats: [] })).toBe(false);
  expect(looksLikeTuning({ lambdaARN, stats: [measured, { value: 256 }] })).toBe(false);
  expect(looksLikeTuning({ stats: [measured] })).toBe(false);
  // What is no object in a list of sizes is left out.
  expect(looksLikeTuning({ lambdaARN, stats: [measured, null] })).toBe(true);
});

test('sizes that no function can have, and what costs less than nothing, are no points; a size may be free', () => {
  const sizes = [63, 64, 128.5, 65_536, 65_537];
  const stats = [
    ...sizes.map((value) => ({ value, averagePrice: 1e-6, averageDuration: 12 })),
    { value: 256, averagePrice: 0, averageDuration: 12 },
    { value: 512, averagePrice: -1e-6, averageDuration: 12 },
    { value: 1024, averagePrice: 1e-6, averageDuration: 0 },
  ];
  expect(read(JSON.stringify({ ...OUTPUT, stats }))[0]?.points.map(({ memoryMb }) => memoryMb)).toEqual([
    64, 256, 65_536,
  ]);
});

test('what execute.sh prints', () => {
  const text = `Execution started.....SUCCEEDED\nExecution output: \n${JSON.stringify(OUTPUT)}\n`;
  expect(read(text)).toMatchObject([{ functionName: 'given', points: POINTS }]);
});

test('sizes without a duration, and other documents, are no results', () => {
  const none = { ...OUTPUT, stats: [{ value: 128, averagePrice: 0, averageDuration: 0 }] };
  expect(reasonsOf(JSON.stringify(none))).toEqual(['tuning-without-points']);
  expect(reasonsOf(JSON.stringify({ stats: [{ value: 1 }], level: 'info' }))).toEqual(['not-a-log-event']);
  expect(reasonsOf('https://example.com/#one;two;three four')).toEqual(['line-without-time']);
});

test('every published visualization decodes to its published figures', () => {
  const runs =
    published.json<{ hash: string; stats: { power: number; duration: number; cost: number }[] }[]>(
      'power_tuning_curves.json',
    );
  for (const run of runs) {
    const points = pointsOf(`https://lambda-power-tuning.show/#${run.hash}`);
    expect(points.map((point) => point.memoryMb)).toEqual(run.stats.map((stat) => stat.power));
    for (const [at, point] of points.entries()) {
      expect(point.durationMs / (run.stats[at]?.duration ?? 0)).toBeCloseTo(1, 5);
      expect((point.costUsd ?? 0) / (run.stats[at]?.cost ?? 0)).toBeCloseTo(1, 3);
    }
  }
});

test('stats first, then the address; neither is a reason', () => {
  const output = {
    power: 512,
    cost: 2e-6,
    duration: 12,
    stats: [{ value: 512, averagePrice: 2e-6, averageDuration: 12 }],
  };
  const found = readDocument({ results: output }, () => '');
  expect((found?.records[0] as TuningRun | undefined)?.points).toEqual([
    { memoryMb: 512, durationMs: 12, costUsd: 2e-6 },
  ]);
  expect(readDocument({ power: 512, cost: 1, duration: 2 }, () => 'x')?.problems).toEqual([
    { reason: 'tuning-without-points', text: 'x' },
  ]);
});

/** A run with the state, as `describe-execution` shows its input. */
function runOf(state: object, output: object = OUTPUT): TuningRun {
  const read = readTuning({ executionArn: 'x', input: JSON.stringify({ ...INPUT, ...state }), output });
  const run = read.ok ? read.records[0] : undefined;
  if (run?.kind !== 'tuning-run') throw new Error('expected a run');
  return run;
}

test.each([
  ['power', { duration: 1, cost: 1 }],
  ['duration', { power: 128, cost: 1 }],
  ['cost', { power: 128, duration: 1 }],
])('without its %s a document is no output', (_, output) => {
  expect(looksLikeTuning(output)).toBe(false);
  expect(looksLikeTuning({ output })).toBe(false);
});

test('an execution is one by its ARN and the ARN of a function in its input', () => {
  const input = JSON.stringify({ lambdaARN: 'f' });
  expect(looksLikeTuning({ executionArn: 'x', input })).toBe(true);
  expect(looksLikeTuning({ input })).toBe(false);
  expect(looksLikeTuning({ executionArn: 'x', input: '{}' })).toBe(false);
  expect(looksLikeTuning({ executionArn: 'x', input: 'f' })).toBe(false);
});

test.each([
  [1, 1],
  [1_000_000, 1_000_000],
  [1_000_001, null],
  [0, null],
  [-1, null],
  [1.5, null],
])('invocations of each size: %d', (num, invocations) => {
  expect(runOf({ num }).invocations).toBe(invocations);
});

test.each([
  [
    'arn:aws:lambda:eu-west-1:111122223333:function:f',
    { account: '111122223333', region: 'eu-west-1', functionName: 'f' },
  ],
  ['111122223333:function:f:7', { account: '111122223333', region: null, functionName: 'f' }],
  ['f:$LATEST', { account: null, region: null, functionName: 'f' }],
  ['n'.repeat(140), { account: null, region: null, functionName: 'n'.repeat(140) }],
  [`f:${'v'.repeat(128)}`, { functionName: 'f' }],
  [`f:${'v'.repeat(129)}`, { functionName: null }],
  ['n'.repeat(141), { functionName: null }],
  ['11112222333:function:f', { functionName: null }],
  ['x111122223333:function:f', { functionName: null }],
  ['f:1:2', { functionName: null }],
  ['a function', { functionName: null }],
])('the function of %s', (lambdaARN, expected) => {
  expect(runOf({ lambdaARN })).toMatchObject(expected);
});

test.each([
  [1_711_447_600.1234, 1_711_447_600_123],
  ['1711447600.123', 1_711_447_600_123],
  ['2024-03-26T10:06:40Z', Date.UTC(2024, 2, 26, 10, 6, 40)],
  [1e11, 1e14],
  [1e11 + 1, null],
  [0, null],
  [-1, null],
  ['yesterday', null],
  ['1711447600x', null],
  [null, null],
])('an execution that started at %j', (startDate, atMs) => {
  const read = readTuning({ executionArn: 'x', startDate, input: JSON.stringify(INPUT), output: OUTPUT });
  expect(read).toMatchObject({ records: [{ atMs }] });
});

test('members of a size: those of the statistics before those of the output, and the last of a size that is listed twice', () => {
  const stats = [
    { power: 128, duration: 1, cost: 1e-6 },
    { value: 256, power: 1, averageDuration: 2, duration: 3, averagePrice: 2e-6, cost: 3e-6 },
    { value: 128, averageDuration: 5, averagePrice: 5e-6 },
    { value: 512, averageDuration: 5 },
    { value: 512, averagePrice: 5 },
    { averageDuration: 5, averagePrice: 5 },
  ];
  expect(runOf({}, { ...OUTPUT, stats }).points).toEqual([
    { memoryMb: 128, durationMs: 5, costUsd: 5e-6 },
    { memoryMb: 256, durationMs: 2, costUsd: 2e-6 },
  ]);
});

test('statistics of the output and of the state are one run; the first 200 sizes are kept', () => {
  const [one, ...others] = OUTPUT.stats;
  expect(runOf({ stats: others }, { ...OUTPUT, stats: [one] }).points).toEqual(POINTS);
  const many = Array.from({ length: 201 }, (_, at) => ({ value: 1201 - at, averageDuration: 1, averagePrice: 1 }));
  const { points } = runOf({}, { ...OUTPUT, stats: many });
  expect([points.length, points[0]?.memoryMb, points.at(-1)?.memoryMb]).toEqual([200, 1001, 1200]);
});

test('results count before an analysis, and both before their container', () => {
  const at = (power: number): object => ({ ...OUTPUT, power });
  expect(runOf({}, { results: at(128), analysis: at(256), ...at(512) }).chosenMb).toBe(128);
  expect(runOf({}, { analysis: at(256), ...at(512) }).chosenMb).toBe(256);
});
