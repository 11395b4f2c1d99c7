import { describe, expect, test } from 'vitest';
import { linesIn } from './result.ts';

const T = Date.UTC(2026, 10, 20, 10);
const A = '6f7f3a52-0e3f-4b1e-9d57-000000000001';
const B = '6f7f3a52-0e3f-4b1e-9d57-000000000002';

type Line = readonly [offsetMs: number, message: string];

function kept(lines: readonly Line[]) {
  return lines.map(([offsetMs, message], sequence) => ({
    ...{ environmentId: 7, timestampMs: T + offsetMs, sequence, rank: 0, occurrence: 0, message },
  }));
}

function attempt(requestId: string, startOffset: number, endOffset: number, isCold = false) {
  const coldStart = isCold ? { kind: 'on-demand', reason: null, cause: null, evidence: null } : null;
  const times = { startMs: T + startOffset, endMs: T + endOffset, durationMs: endOffset - startOffset };
  return { requestId, functionId: 1, environmentId: 7, ...times, coldStart };
}

/** Messages of the attempt, each without its line end. */
function messages(lines: readonly Line[], of: ReturnType<typeof attempt>): readonly string[] {
  return linesIn(kept(lines), of as never).lines.map(({ message }) => message);
}

const start = (id: string) => `START RequestId: ${id} Version: $LATEST`;
const end = (id: string) => `END RequestId: ${id}`;
const report = (id: string, status = '') =>
  `REPORT RequestId: ${id}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB${status}`;
/** Lines of Lambda's JSON log format. */
const event = (type: string, record: object) =>
  JSON.stringify({ time: '2026-11-20T10:00:00.000Z', type: `platform.${type}`, record });
const jsonStart = (id: string) => event('start', { requestId: id, version: '$LATEST' });
const jsonReport = (id: string) =>
  event('report', {
    requestId: id,
    metrics: { durationMs: 50, billedDurationMs: 50, memorySizeMB: 128, maxMemoryUsedMB: 70 },
    status: 'success',
  });
const logged = (id: string, message: string) =>
  JSON.stringify({ timestamp: '2026-11-20T10:00:00.010Z', level: 'INFO', requestId: id, message });

describe.each([
  ['text', start, report],
  ['JSON', jsonStart, jsonReport],
] as const)('in the %s format', (_, begun, reported) => {
  test('lines that name no request are those of the attempt around them', () => {
    const lines: Line[] = [
      [0, begun(A)],
      [10, 'connected to the database'],
      [50, reported(A)],
      [60, begun(B)],
      [70, '{"msg":"no request is named here"}'],
      [80, '[ERROR] a library writes to stderr'],
      [110, reported(B)],
    ];
    expect(messages(lines, attempt(B, 60, 110))).toEqual(lines.slice(3).map(([, message]) => message));
    expect(messages(lines, attempt(A, 0, 50))).toEqual(lines.slice(0, 3).map(([, message]) => message));
  });

  test('a request that is sent again to its environment has the lines of each attempt apart', () => {
    const first: Line[] = [
      [0, begun(A)],
      [10, logged(A, 'first')],
      [20, 'plain, first'],
      [50, reported(A)],
      [51, `2026-11-20T10:00:00.051Z ${A} Task timed out after 0.05 seconds`],
    ];
    const second: Line[] = [
      [200, begun(A)],
      [210, logged(A, 'second')],
      [220, 'plain, second'],
      [250, reported(A)],
    ];
    const lines = [...first, ...second];
    expect(messages(lines, attempt(A, 0, 50))).toEqual(first.map(([, message]) => message));
    expect(messages(lines, attempt(A, 200, 250))).toEqual(second.map(([, message]) => message));
  });

  test('an environment that runs two requests at a time shows neither the lines of the other', () => {
    const lines: Line[] = [
      [0, begun(A)],
      [5, 'only one runs'],
      [10, begun(B)],
      [20, logged(B, 'of the other')],
      [25, 'whose line is this'],
      [30, logged(A, 'of this one')],
      [40, reported(B)],
      [45, 'again only one runs'],
      [50, reported(A)],
    ];
    const own = (...at: number[]) => at.map((one) => lines[one]?.[1]);
    expect(messages(lines, attempt(A, 0, 50))).toEqual(own(0, 1, 5, 7, 8));
    expect(messages(lines, attempt(B, 10, 40))).toEqual(own(2, 3, 6));
  });

  test('what a cold start writes before START is its attempt’s, and that of an earlier one is not', () => {
    const lines: Line[] = [
      [0, begun(A)],
      [50, reported(A)],
      [100, 'INIT_START Runtime Version: nodejs:20.v30\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0'],
      [150, 'loading models at import'],
      [400, begun(B)],
      [410, reported(B)],
    ];
    expect(messages(lines, attempt(B, 400, 410, true))).toEqual(lines.slice(2).map(([, message]) => message));
    expect(messages(lines, attempt(B, 400, 410))).toEqual(lines.slice(4).map(([, message]) => message));
  });
});

test('a field that names a request of a caller keeps the line with its attempt', () => {
  const lines: Line[] = [
    [0, start(A)],
    [10, logged('c6af9ac6-7b61-11e6-9a41-93e8deadbeef', 'for a caller')],
    [20, end(A)],
    [50, report(A)],
  ];
  expect(messages(lines, attempt(A, 0, 50))).toHaveLength(4);
});

test('without START and REPORT the time tells which lines are the attempt’s', () => {
  // A log level of the system above INFO leaves START and REPORT out.
  const lines: Line[] = [
    [-10, 'before'],
    [10, 'during'],
    [20, logged(A, 'during, named')],
    [60, 'after'],
    [70, `RequestId: ${A} Error: Runtime exited with error: exit status 1`],
  ];
  expect(messages(lines, attempt(A, 0, 50))).toEqual([lines[1], lines[2], lines[4]].map((line) => line?.[1]));
});

test('a line of the millisecond of START that stands before it is the attempt’s if it names the request', () => {
  const lines: Line[] = [
    [0, logged(A, 'first')],
    [0, start(A)],
    [50, report(A)],
    [50, logged(A, 'last')],
    [200, logged(A, 'of the next attempt')],
    [200, start(A)],
    [250, report(A)],
  ];
  expect(messages(lines, attempt(A, 0, 50))).toEqual(lines.slice(0, 4).map(([, message]) => message));
});

test('a lost REPORT of one request hides no line of the next', () => {
  const lines: Line[] = [
    [0, start(A)],
    [60, start(B)],
    [70, 'plain'],
    [110, report(B)],
  ];
  expect(messages(lines, attempt(B, 60, 110))).toEqual(lines.slice(1).map(([, message]) => message));
});

test('many requests at a time take no longer than their lines', () => {
  // Without a log stream, lines of all environments of a function are together.
  const ids = Array.from({ length: 20_000 }, (_, n) => `6f7f3a52-0e3f-4b1e-9d57-${String(n + 10).padStart(12, '0')}`);
  const lines: Line[] = [
    [0, start(A)],
    ...ids.map((id): Line => [1, start(id)]),
    ...ids.map((id): Line => [2, report(id)]),
    [3, 'only this one runs'],
    [50, report(A)],
  ];
  const before = process.cpuUsage();
  const shown = messages(lines, attempt(A, 0, 50));
  const { user } = process.cpuUsage(before);
  expect(shown).toEqual([start(A), 'only this one runs', report(A)]);
  // To compare each line with each request took 9 s of CPU time.
  expect(user / 1e6).toBeLessThan(5);
});

test('of very many lines, the first and the last are shown, and how many are left out is said', () => {
  const lines: Line[] = [
    [0, start(A)],
    ...Array.from({ length: 2500 }, (_, at): Line => [at + 1, `line ${at}`]),
    [2600, '[ERROR] ValueError: what it ended with'],
    [3000, report(A)],
  ];
  const { lines: shown, omitted } = linesIn(kept(lines), attempt(A, 0, 3000) as never);
  expect(shown.length + omitted).toBe(lines.length);
  expect(shown).toHaveLength(1000);
  expect(shown[0]?.message).toBe(start(A));
  expect(shown.slice(-2).map(({ message }) => message)).toEqual([lines.at(-2)?.[1], report(A)]);
});
