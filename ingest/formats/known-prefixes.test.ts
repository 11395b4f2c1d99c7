/** Prefixes of tools, each side of what is known: from the documentation of the tools and their output formats. */
import { describe, expect, test } from 'vitest';
import { blank, ID, iso, REPORT, START, STREAM, T } from '../../test/support/export-forms.ts';
import { HOUR_MS } from '../records/time.ts';
import { containerLabel, hiddenLineProblem, readCarriedLine } from './tool-prefix.ts';

const TIME = iso(T);

/** A line of each kind that Lambda or the Node runtime writes, without a time of its own. */
const UNTIMED = [
  START,
  `START  RequestId:  ${ID} Version: 7`,
  `END RequestId: ${ID}`,
  REPORT,
  'INIT_START Runtime Version: nodejs:20.v9\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:ab',
  'INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout',
  'RESTORE_START Runtime Version: java:21.v9\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:ab',
  'RESTORE_REPORT Restore Duration: 400.00 ms',
  'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE]',
  'TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform]',
  'LOGS\tName: agent\tState: Subscribed\tTypes: [Platform]',
  `RequestId: ${ID} Error: Runtime exited with error: signal: killed`,
  `RequestId: ${ID} Process exited before completing request`,
  `RequestId: ${ID} Status: timeout\tErrorType: Sandbox.Timedout`,
];

/** Those that state their time. */
const TIMED = [
  `${TIME} ${ID} Task timed out after 3.00 seconds`,
  `{"time":"${TIME}","type":"platform.start","record":{"requestId":"${ID}"}}`,
];

const NODE = ['ERROR', 'FATAL'].flatMap((level) =>
  ['Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection'].map(
    (what) => `${TIME}\t${ID}\t${level}\t${what} \t{"errorType":"E","errorMessage":"m"}`,
  ),
);

describe('every kind of line', () => {
  test.each(UNTIMED)('is read behind a label and a time: %s', (line) => {
    expect(readCarriedLine(`orders-1  | ${TIME} ${line}`)).toEqual({
      timestampMs: T,
      isConverted: false,
      stream: '',
      message: line,
    });
  });

  test.each([...TIMED, ...NODE])('is read behind a label by its own time: %s', (line) => {
    expect(readCarriedLine(`orders-1  | ${line}`)).toMatchObject({ timestampMs: T, message: line });
    // The label may have a later one.
    expect(readCarriedLine(`orders-1  | ${iso(T + 9000)} ${line}`)).toMatchObject({ timestampMs: T, message: line });
  });

  test.each([...UNTIMED, ...TIMED])('is reported behind a word: %s', (line) => {
    expect(hiddenLineProblem(`tail: ${line}`, true)).toBe('platform-line-behind-prefix');
    expect(hiddenLineProblem(`tail: ${line}`, false)).toBe('line-without-time');
    // At the start, or after blanks, nothing hides it.
    expect([hiddenLineProblem(line, true), hiddenLineProblem(`  ${line}`, true)]).toEqual([null, null]);
    expect([readCarriedLine(line), readCarriedLine(`  ${line}`)]).toEqual([null, null]);
  });

  test.each(['a', '7', '_', '"', "'", '{', '-'])('is an application’s right after %s', (before) => {
    expect(hiddenLineProblem(`tail${before}${START}`, true)).toBeNull();
  });

  test.each([
    'START RequestId:',
    `RESTART RequestId: ${ID}`,
    'INIT_START Version: 7',
    'INIT_REPORT Duration: 1 ms',
    'EXTENSION State: Ready',
    `RequestId: ${ID} done`,
    'Task timed out after 3.00 seconds',
    `REPORT RequestId: ${ID}\tDuration: 1e9 ms`,
  ])('a text that is none is not reported: %s', (line) => {
    expect(hiddenLineProblem(`tail: ${line}`, true)).toBeNull();
    expect(readCarriedLine(`orders-1  | ${TIME} ${line}`)?.message ?? null).toBe(
      line.startsWith('REPORT') ? line : null,
    );
  });
});

describe('before the time', () => {
  const read = (prefix: string) => readCarriedLine(`${prefix}${TIME} ${START}`);

  test.each([
    `${iso(T + 5000)} `,
    `[${iso(T + 5000)}] `,
    `${blank(T + 5000)} `,
    '[1795687201000] ',
    '1795687201.123 ',
    '1795687201.123456789 ',
    '/aws/lambda/orders ',
    '[pod/orders-5d9c/lambda] ',
    '[pod/orders]    ',
    'orders-1 | ',
    'orders-1|    ',
    'orders@2/$x.y | ',
    '0|orders | ',
    '12345|orders   | ',
    '<1>1 ',
    '<191>1 ',
    ...['Mon ', 'Tue ', 'Wed ', 'Thu ', 'Fri ', 'Sat ', 'Sun '],
    '[0] ',
    '[orders:tail]    ',
    '[a.b:c/d@e f-g_h] ',
    '[INFORMATION] ',
    'logs/orders.log:',
    './orders:',
    'orders.log: ',
    'orders.log:1:',
    'orders.log:123456789: ',
    'orders.log-',
    'orders.log-13-',
    'a.t-123456789-',
    '7\t',
    '     7\t',
    '7 ',
    '7:        ',
    '123456789 ',
    'build\tTail the logs\t',
    'build (20)\tTail\t\ufeff',
    'orders:tail: ',
    '@shop/orders#tail: ',
    '> ',
    '* ',
    '- ',
    'orders-5d9c-x2 lambda ',
    'orders-5d9c-x2 lambda › ',
    // Six labels.
    '> > > > > > ',
    '> [0] orders-1 | 7\t* <14>1 ',
  ])('%j is a label', (prefix) => {
    expect(read(prefix)).toEqual({ timestampMs: T, isConverted: false, stream: '', message: START });
  });

  test.each([
    'orders ',
    'orders: ',
    '(orders) ',
    '1795687201.12 ',
    '/var/log/orders ',
    '[pod/orders-5d9c/lambda]     ',
    '[pod/orders 5d9c]x ',
    'orders-1 |     ',
    'orders-1 |',
    '123456|orders | ',
    '<>1 ',
    '<1911>1 ',
    '<14>2 ',
    'Foo ',
    'Mon',
    '[] ',
    '[a,b] ',
    '[orders]',
    `[${'x'.repeat(101)}] `,
    'orders:',
    'orders-',
    'orders.log:1234567890:',
    '1234567890 ',
    '\t\t',
    'build\tstep ',
    'orders:tail ',
    '+ ',
    '>',
    'orders lambda ',
    'Orders-1 lambda ',
    // Seven labels.
    '> > > > > > > ',
  ])('%j is none', (prefix) => {
    expect(read(prefix)).toBeNull();
  });

  test.each(['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'WARNING', 'ERROR', 'FATAL', 'CRITICAL'])(
    'the level %s is an application’s',
    (level) => {
      expect([read(`[${level}] `), read(`[${level.toLowerCase()}] `)]).toEqual([null, null]);
    },
  );

  test.each([
    [`${STREAM} `, STREAM],
    [`(${STREAM}) `, STREAM],
    [`tail-1 | ${STREAM} `, STREAM],
    ['2026/11/26/[7]0123456789abcdef ', '2026/11/26/[7]0123456789abcdef'],
    ['2026/11/26/orders[$LATEST]0123 ', '2026/11/26/orders[$LATEST]0123'],
  ])('%j names the log stream', (prefix, stream) => {
    expect(read(prefix)).toMatchObject({ timestampMs: T, stream });
  });

  test('the prefix ends within 400 characters', () => {
    // "/aws/", the name, a blank, 24 characters of time, a blank.
    expect(read(`/aws/${'x'.repeat(369)} `)).toMatchObject({ message: START });
    expect(read(`/aws/${'x'.repeat(370)} `)).toBeNull();
  });
});

describe('after the time', () => {
  const read = (between: string) => readCarriedLine(`> ${TIME}${between}${START}`);

  test.each([
    ' ',
    '    ',
    ': ',
    ' - ',
    ' host-7 orders[812]: ',
    ' ip-10-0-0-7.ec2:1 /usr/bin/app@2(x)[1]: ',
    ' host-7 orders 812 - - ',
    ' host-7 orders 812 ID47 [origin ip=10.0.0.7] ',
    ' host-7 orders - ID47 [] ',
    ' stdout F ',
    ' stderr F ',
    ' 00O ',
    ' 01E+',
    ' fde8a1 ',
    ' [APP/PROC/WEB/0] OUT ',
    ' [RTR/1] ERR ',
    ' app[worker.1]: ',
    ' app[web] ',
    ' app[6e82] iad [info]',
    ' app[6e82] iad [info] ',
    ' orders.1.x7@node-1    | ',
    ' orders.1.x7@node-1|    ',
  ])('%j is known', (between) => {
    expect(read(between)).toEqual({ timestampMs: T, isConverted: false, stream: '', message: START });
  });

  test.each([
    '     ',
    ' -  ',
    ' orders ',
    ' host-7 orders[]: ',
    ' host-7 orders[12345678901]: ',
    ' host-7 orders[812] ',
    ' orders[812]x: ',
    ' host-7 orders 812 - ',
    ' host-7 orders 812 - [x ',
    ' stdout P ',
    ' stdin F ',
    ' 1O ',
    ' 01X ',
    ' fde8a ',
    ' fde8a12 ',
    ' FDE8A1 ',
    ' [APP] OUT ',
    ' [app/0] OUT ',
    ' [APP/0] LOG ',
    ' app[] ',
    ' app[6e82] lhr1 [info] ',
    ' orders.1.x7@node-1 ',
    ' orders.1.x7@node-1 |     ',
  ])('%j is not', (between) => {
    expect(read(between)).toBeNull();
  });

  test.each([` ${STREAM} `, ` (${STREAM}) `])('%j names the log stream', (between) => {
    expect(read(between)).toMatchObject({ timestampMs: T, stream: STREAM });
  });

  test.each([
    [`> [${TIME}] `, T, false],
    [`> [${TIME}]: `, T, false],
    ['> [1795687201000] ', 1_795_687_201_000, false],
    ['> 1795687201.250 ', 1_795_687_201_250, true],
    ['> 1795687201.250000000: ', 1_795_687_201_250, true],
    // At the start of the line, where they are read by their characters.
    ['[1795687201000] ', 1_795_687_201_000, false],
    ['[1795687201000]: ', 1_795_687_201_000, false],
    ['1795687201.250 ', 1_795_687_201_250, true],
    ['1795687201.250000000 ', 1_795_687_201_250, true],
    ['1795687201.250: ', 1_795_687_201_250, true],
    [`1795687201.250 ${TIME} `, T, false],
    // The last time before the line is the line's.
    [`${iso(T + 9000)} ${iso(T + 8000)} ${TIME} `, T, false],
    [`> ${iso(T).replace('Z', '+01:00')} `, T - HOUR_MS, false],
  ])('the time of %j', (prefix, timestampMs, isConverted) => {
    expect(readCarriedLine(`${prefix}${START}`)).toMatchObject({ timestampMs, isConverted });
  });

  test.each([
    '> ',
    'orders-1 | ',
    '> 1795687201 ',
    '> 10:00:01 ',
    '1795687201 ',
    '1795687201.25 ',
    '1795687201.2500000000 ',
    '11795687201.250 ',
    '[1795687201] ',
    '[1795687201000000] ',
    '[17956872010000] ',
    '[179568720100.] ',
    '[1795687201000 ',
    '> 2013-01-01T00:00:00Z ',
    '> 2026-02-30T10:00:00Z ',
  ])('%j is no time', (prefix) => {
    expect(readCarriedLine(`${prefix}${START}`)).toBeNull();
  });
});

describe('why a line is not read', () => {
  test.each([
    ['orders ', false, 'line-without-time'],
    ['orders ', true, 'platform-line-behind-prefix'],
    [`${TIME} orders `, false, 'platform-line-behind-prefix'],
    [`orders [1795687201000] `, false, 'platform-line-behind-prefix'],
    ['orders 1795687201.250 ', false, 'platform-line-behind-prefix'],
    ['Nov 26 10:00:01 host ', false, 'time-incomplete'],
    ['[orders] 1:00:01 AM ', false, 'time-incomplete'],
    ['10:00:01 ', true, 'platform-line-behind-prefix'],
    ['10:00 ', false, 'line-without-time'],
    ['110:00:01 ', false, 'line-without-time'],
    ['10:00:011 ', false, 'line-without-time'],
    ['10:0:01 ', false, 'line-without-time'],
    // What a runtime or a logger writes.
    ['undefined ', true, null],
    ['undefined\t', true, null],
    [`${ID}\t`, true, null],
    [`${ID} INFO `, true, null],
    [`${TIME}\t${ID}\tINFO\t`, false, null],
    [`[INFO] ${TIME} ${ID} `, false, null],
    [`[INFO] ${TIME} undefined `, false, null],
    ['got "x" ', true, null],
    ['it’s ', true, 'platform-line-behind-prefix'],
    ["it's ", true, null],
    ['{ ', true, null],
    ['} ', true, null],
    ['line = ', true, null],
    ['`x` ', true, null],
    // No id at the start, or another form of one.
    [`orders ${ID} `, true, 'platform-line-behind-prefix'],
    ['undefinedly ', true, 'platform-line-behind-prefix'],
    ['00000001-00 ', true, 'platform-line-behind-prefix'],
    [`${TIME}, ${ID} `, false, 'platform-line-behind-prefix'],
  ] as const)('%j, timed %s: %s', (prefix, timed, problem) => {
    expect(hiddenLineProblem(`${prefix}${START}`, timed)).toBe(problem);
  });

  test('more than 120 characters before it are an application’s', () => {
    expect(hiddenLineProblem(`${'x'.repeat(119)} ${START}`, true)).toBe('platform-line-behind-prefix');
    expect(hiddenLineProblem(`${'x'.repeat(120)} ${START}`, true)).toBeNull();
  });
});

test('a pod and a container with the longest names of Kubernetes, 253 and 63 characters less the rest of 300', () => {
  const label = `[pod/${'o'.repeat(253)}/${'c'.repeat(46)}]`;
  for (const blanks of [' ', '    '])
    expect(readCarriedLine(`${label}${blanks}${TIME} ${START}`)).toMatchObject({ timestampMs: T, message: START });
});

test.each([
  ['[pod/orders-5d9c/lambda] x', '[pod/orders-5d9c/lambda] '],
  ['[pod/orders]\tx', '[pod/orders]\t'],
  ['[pod/]', ''],
  ['[pod/a b] x', ''],
  ['[job/orders] x', ''],
  ['orders-1 | x', 'orders-1 | '],
  ['orders-1|  x', 'orders-1| '],
  ['orders-1      | x', 'orders-1      | '],
  ['0|orders | x', '0|orders | '],
  ['12345|@shop/$a.b | x', '12345|@shop/$a.b | '],
  ['123456|orders | x', ''],
  ['orders-1 |x', ''],
  ['or ders | x', ''],
  [' orders | x', ''],
  ['| x', ''],
  ['', ''],
  [`${'x'.repeat(200)} | y`, `${'x'.repeat(200)} | `],
  [`${'x'.repeat(201)} | y`, ''],
  [`x${' '.repeat(64)}| y`, `x${' '.repeat(64)}| `],
  [`x${' '.repeat(65)}| y`, ''],
  [`[pod/${'x'.repeat(300)}] y`, `[pod/${'x'.repeat(300)}] `],
  [`[pod/${'x'.repeat(301)}] y`, ''],
])('the label of %j is %j', (line, label) => {
  expect(containerLabel(line)).toBe(label);
});
