/** Members and bounds of the errors that runtimes report; expected values are read by hand from each line. */
import { describe, expect, test } from 'vitest';
import { parseRuntimeError } from './runtime-error.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';
const TIME = '2026-11-26T08:00:00.009Z';
const node = (error: unknown, what = 'Invoke Error', level = 'ERROR', id = ID): string =>
  `${TIME}\t${id}\t${level}\t${what} \t${typeof error === 'string' ? error : JSON.stringify(error)}`;
const found = (more: object = {}) => ({ requestId: null, errorType: null, errorMessage: null, stack: [], ...more });

describe('the error of Node', () => {
  test.each([
    ['type and message', { errorType: 'E', errorMessage: 'm' }, { errorType: 'E', errorMessage: 'm' }],
    ['a name instead of a type', { name: 'E', errorMessage: 'm' }, { errorType: 'E', errorMessage: 'm' }],
    ['the type before the name', { errorType: 'T', name: 'E' }, { errorType: 'T' }],
    ['a message instead of an errorMessage', { errorType: 'E', message: 'm' }, { errorType: 'E', errorMessage: 'm' }],
    ['the errorMessage before the message', { errorMessage: 'm', message: 'x' }, { errorMessage: 'm' }],
    ['an empty type', { errorType: '', name: 'E' }, { errorType: 'E' }],
    ['members that are no texts', { errorType: 5, errorMessage: {} }, {}],
    ['nothing', {}, {}],
    ['a class that Ruby wraps', { errorType: 'Function<NoMethodError>' }, { errorType: 'NoMethodError' }],
    ['a class of the init', { errorType: 'Init<LoadError>' }, { errorType: 'LoadError' }],
    ['a class that is not closed', { errorType: 'Function<E' }, { errorType: 'Function<E' }],
    ['another wrapping', { errorType: 'List<E>' }, { errorType: 'List<E>' }],
    ['a stack', { stack: ['    at a (b.js:1:1)'] }, { stack: ['at a (b.js:1:1)'] }],
    ['a stackTrace', { stackTrace: ['    at a (b.js:1:1)'] }, { stack: ['at a (b.js:1:1)'] }],
    ['a trace', { trace: ['    at a (b.js:1:1)'] }, { stack: ['at a (b.js:1:1)'] }],
    [
      'a stack as text',
      { stack: 'E: m\n    at a (b.js:1:1)\n    at c (d.js:2:2)' },
      { stack: ['at a (b.js:1:1)', 'at c (d.js:2:2)'] },
    ],
    ['frames that are no texts', { stack: [5, null, '  at a'] }, { stack: ['at a'] }],
    [
      'calls alone of a stack',
      { errorType: 'E', stack: ['E: m', 'Require stack:', '- x', '  at a'] },
      { errorType: 'E', stack: ['at a'] },
    ],
    [
      'no repeated first line',
      { errorType: 'E', stack: ['E: m', '#0 a', '#1 b'] },
      { errorType: 'E', stack: ['#0 a', '#1 b'] },
    ],
    ['a first line alone', { errorType: 'E', stack: ['E: m'] }, { errorType: 'E', stack: ['E: m'] }],
    [
      'a first line of another type',
      { errorType: 'E', stack: ['X: m', '#0 a'] },
      { errorType: 'E', stack: ['X: m', '#0 a'] },
    ],
    [
      'a later line like the first',
      { errorType: 'E', stack: ['#0 a', 'E: m'] },
      { errorType: 'E', stack: ['#0 a', 'E: m'] },
    ],
    ['lines without a type', { stack: ['E: m', '#0 a'] }, { stack: ['E: m', '#0 a'] }],
    ['blank frames', { stack: ['', ' ', '#0 a'] }, { stack: ['#0 a'] }],
    ['frames of control characters', { stack: ['\u0001', '#0 a'] }, { stack: ['#0 a'] }],
  ])('%s', (_, error, expected) => {
    expect(parseRuntimeError(node(error))).toEqual(found({ requestId: ID, ...expected }));
  });

  test.each(['Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection'])('%s, at either level', (what) => {
    for (const level of ['ERROR', 'FATAL'])
      expect(parseRuntimeError(node({ errorType: 'E' }, what, level))).toMatchObject({ errorType: 'E' });
    for (const level of ['INFO', 'WARN', 'error'])
      expect(parseRuntimeError(node({ errorType: 'E' }, what, level))).toBeNull();
  });

  test('without an id it has none', () => {
    expect(parseRuntimeError(node({ errorType: 'E' }, 'Uncaught Exception', 'ERROR', 'undefined'))).toMatchObject({
      requestId: null,
    });
    expect(parseRuntimeError(`${ID}\tInvoke Error\t{"errorType":"E","requestId":"other"}`)?.requestId).toBe(ID);
  });

  test.each([
    ['{"errorType":"E","errorMessage":"m","stack":["x', { errorType: 'E', errorMessage: 'm' }],
    ['{"errorType" : "E", "errorMessage":  "m"', { errorType: 'E', errorMessage: 'm' }],
    ['{"errorMessage":"a \\"b\\" c","stack":[', { errorMessage: 'a "b" c' }],
    ['{"errorMessage":"never ends', { errorMessage: 'never ends' }],
    ['{"errorType":5,', {}],
    ['{', {}],
  ])('that is cut off: %s', (text, expected) => {
    expect(parseRuntimeError(node(text))).toEqual(found({ requestId: ID, ...expected }));
  });

  test('of more than 65,536 characters is read as far as that', () => {
    const error = { errorType: 'E', errorMessage: 'm', stack: ['x'.repeat(70_000)] };
    expect(parseRuntimeError(node(error))).toEqual(found({ requestId: ID, errorType: 'E', errorMessage: 'm' }));
  });
});

describe('bounds', () => {
  const long = (chars: number) =>
    parseRuntimeError(
      node({ errorType: 't'.repeat(chars), errorMessage: 'm'.repeat(chars), stack: [`at ${'f'.repeat(chars)}`] }),
    );
  test('256 characters of the type, 1,024 of the message, 160 of a frame', () => {
    expect(long(300)?.errorType).toBe('t'.repeat(256));
    expect(long(2000)?.errorMessage).toBe('m'.repeat(1024));
    expect(long(300)?.stack).toEqual([`at ${'f'.repeat(157)}`]);
    expect(long(100)).toMatchObject({ errorType: 't'.repeat(100), errorMessage: 'm'.repeat(100) });
  });

  test('eight frames, the first ones', () => {
    const frames = (n: number) => Array.from({ length: n }, (_, at) => `at f${at}`);
    expect(parseRuntimeError(node({ stack: frames(9) }))?.stack).toEqual(frames(8));
    expect(parseRuntimeError(node({ stack: frames(7) }))?.stack).toEqual(frames(7));
  });

  test.each([
    ['\u0000', ' '],
    ['\u0009', ' '],
    ['\u000a', '\n'],
    ['\u000b', ' '],
    ['\u001f', ' '],
    ['\u0020', ' '],
    ['\u007e', '~'],
    ['\u007f', ' '],
    ['\u009f', ' '],
    ['\u00a0', '\u00a0'],
    ['\u2029', '\u2029'],
    ['\u202a', ' '],
    ['\u202e', ' '],
    ['\u202f', '\u202f'],
    ['\u2065', '\u2065'],
    ['\u2066', ' '],
    ['\u2069', ' '],
    ['\u206a', '\u206a'],
    ['\ud800', '\ufffd'],
    ['👍', '👍'],
  ])('%j in a text becomes %j', (character, expected) => {
    const error = { errorType: 'E', errorMessage: `a${character}b` };
    expect(parseRuntimeError(node(error))?.errorMessage).toBe(`a${expected}b`);
  });

  test('blank texts are none, and blanks around a text are not part of it', () => {
    expect(parseRuntimeError(node({ errorType: ' \t ', errorMessage: ' m ' }))).toMatchObject({
      errorType: null,
      errorMessage: 'm',
    });
  });
});

describe('a record in JSON', () => {
  const record = (more: object) => parseRuntimeError(JSON.stringify({ timestamp: TIME, ...more }));
  const E = { errorType: 'E', errorMessage: 'm' };
  const whole = found({ errorType: 'E', errorMessage: 'm' });

  test.each([
    ['Node', { level: 'ERROR', requestId: ID, message: E }, { ...whole, requestId: ID }],
    ['Node, fatal', { level: 'FATAL', message: E }, whole],
    ['in lower case', { level: 'error', message: E }, whole],
    ['Python', { log_level: 'ERROR', requestId: ID, ...E }, { ...whole, requestId: ID }],
    ['.NET', { level: 'Error', message: null, ...E }, whole],
    ['with the id that Java names', { level: 'ERROR', AWSRequestId: ID, ...E }, { ...whole, requestId: ID }],
    ['Go, without a level', E, whole],
    ['Go, with an id', { ...E, requestId: ID }, { ...whole, requestId: ID }],
    [
      'Java',
      { level: 'ERROR', AWSRequestId: ID, message: 'm: a.b.E\na.b.E: m\n\tat a.b.C.d(C.java:1)' },
      found({ requestId: ID, errorType: 'a.b.E', errorMessage: 'm', stack: ['at a.b.C.d(C.java:1)'] }),
    ],
    [
      'Rust',
      {
        level: 'ERROR',
        fields: { error: 'm' },
        target: 'lambda_runtime',
        span: { name: 'Lambda runtime invoke', requestId: ID },
      },
      found({ requestId: ID, errorMessage: 'm' }),
    ],
    [
      'Rust, the message of its fields',
      {
        level: 'ERROR',
        fields: { message: 'm' },
        target: 'lambda_runtime::x',
        span: { name: 'Lambda runtime invoke' },
      },
      found({ errorMessage: 'm' }),
    ],
    [
      'Rust, flattened',
      { level: 'ERROR', error: 'm', target: 'lambda_runtime', span: { name: 'Lambda runtime invoke' } },
      found({ errorMessage: 'm' }),
    ],
  ])('%s', (_, more, expected) => {
    expect(record(more)).toEqual(expected);
  });

  test.each([
    ['another level', { level: 'WARN', message: E }],
    ['another level, Python', { log_level: 'INFO', ...E }],
    ['a level that is no text', { level: {}, ...E }],
    ['a logger', { level: 'ERROR', logger: 'root', ...E }],
    ['a message beside it', { level: 'ERROR', message: 'pay failed', ...E }],
    ['an empty message beside it', { level: 'ERROR', message: '', ...E }],
    ['a message without a type', { level: 'ERROR', message: { errorMessage: 'm' } }],
    ['a message of another type', { level: 'ERROR', message: { errorType: 5 } }],
    ['a message that is a list', { level: 'ERROR', message: [E] }],
    ['a type that is no text', { level: 'ERROR', errorType: 5 }],
    ['no type', { level: 'ERROR', errorMessage: 'm' }],
    ['Go without a type', { errorMessage: 'm' }],
    ['Go without a message', { errorType: 'E' }],
    ['Go with a message of a logger', { ...E, message: 'x' }],
    ['another span of Rust', { level: 'ERROR', error: 'm', target: 'lambda_runtime', span: { name: 'request' } }],
    ['another crate of Rust', { level: 'ERROR', error: 'm', target: 'app', span: { name: 'Lambda runtime invoke' } }],
    ['a span without a target', { level: 'ERROR', error: 'm', span: { name: 'Lambda runtime invoke' } }],
    ['no span', { level: 'ERROR', error: 'm', target: 'lambda_runtime' }],
    [
      'Rust at another level',
      { level: 'INFO', error: 'm', target: 'lambda_runtime', span: { name: 'Lambda runtime invoke' } },
    ],
    ['nothing of an error', { level: 'INFO', text: 'fine' }],
  ])('with %s is an application’s', (_, more) => {
    expect(record(more)).toBeNull();
  });

  test('that is cut off is none', () => {
    expect(parseRuntimeError(`{"level":"ERROR","message":{"errorType":"E","errorMessage":"m`)).toBeNull();
    expect(parseRuntimeError(`["error","errorType"]`)).toBeNull();
  });
});

describe('text of other runtimes', () => {
  test.each<readonly [string, string, object]>([
    ['Python, no message', '[ERROR] E\nTraceback (most recent call last):', found({ errorType: 'E' })],
    [
      'Python, dots and digits',
      '[ERROR] a.b_2.E: m\rTraceback (most recent call last):',
      found({ errorType: 'a.b_2.E', errorMessage: 'm' }),
    ],
    [
      'Python, frames from the last',
      '[ERROR] E: m\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n    x()\n  File "b.py", line 2, in g\n',
      found({ errorType: 'E', errorMessage: 'm', stack: ['File "b.py", line 2, in g', 'File "a.py", line 1, in f'] }),
    ],
    ['old Python', 'm: E\nTraceback (most recent call last):\n', found({ errorType: 'E', errorMessage: 'm' })],
    [
      'Java, a method',
      'Error loading method run on class a.B: java.lang.NoSuchMethodException',
      found({ errorType: 'java.lang.NoSuchMethodException', errorMessage: 'Error loading run on class a.B' }),
    ],
    [
      'Java, no message',
      ': a.b.E\na.b.E\n\tat a.b.C.d(C.java:1)\n',
      found({ errorType: 'a.b.E', stack: ['at a.b.C.d(C.java:1)'] }),
    ],
    [
      'Java, an inner class',
      'm: a.b.C$E\na.b.C$E: m\n\tat x.Y.z(Y.java:1)\n',
      found({ errorType: 'a.b.C$E', errorMessage: 'm', stack: ['at x.Y.z(Y.java:1)'] }),
    ],
    ...[
      'errorString',
      'wrapError',
      'wrapErrors',
      'joinError',
      'fundamental',
      'withStack',
      'withMessage',
      'notFoundError',
    ].map((type) => [`Go, ${type}`, `a: b: ${type}`, found({ errorType: type, errorMessage: 'a: b' })] as const),
    [
      'Go, after a digit',
      '404 not found: errorString',
      found({ errorType: 'errorString', errorMessage: '404 not found' }),
    ],
    [
      'Go, a panic after a digit',
      '3 of 2: boundsError\n[{"path":"a.go"}]',
      found({ errorType: 'boundsError', errorMessage: '3 of 2' }),
    ],
    [
      'Ruby, a raised error',
      'Error raised from handler method{"errorType":"Function<E>","errorMessage":"m"}',
      found({ errorType: 'E', errorMessage: 'm' }),
    ],
    ['Ruby, an init', 'Init error when loading handler a.b {"errorType":"Init<E>"}', found({ errorType: 'E' })],
    ['a custom runtime', `${ID} Invoke Error {"errorType":"E"}`, found({ requestId: ID, errorType: 'E' })],
    [
      'a custom runtime, a letter first',
      `a${ID.slice(1)} Invoke Error {"errorType":"E"}`,
      found({ requestId: `a${ID.slice(1)}`, errorType: 'E' }),
    ],
    [
      'Rust',
      `ERROR Lambda runtime invoke{requestId="${ID}" xrayTraceId="x"}: lambda_runtime: m`,
      found({ requestId: ID, errorMessage: 'lambda_runtime: m' }),
    ],
    [
      'Rust, with its time',
      `${TIME} ERROR Lambda runtime invoke{requestId=${ID}}: m`,
      found({ requestId: ID, errorMessage: 'm' }),
    ],
    [
      'Rust, a panic with the thread’s number',
      "thread 'main' (12) panicked at src/main.rs:1:2:\nm",
      found({ errorType: 'panic', errorMessage: 'm', stack: ['src/main.rs:1:2'] }),
    ],
    [
      'Rust, a panic without a message',
      "thread 'main' panicked at src/main.rs:1:2:",
      found({ errorType: 'panic', stack: ['src/main.rs:1:2'] }),
    ],
    [
      '.NET, frames',
      `${TIME}\t${ID}\tfail\tA.B\`1: m\n   at X.Y()\n   --- End of inner exception stack trace ---\n   at Z.W()`,
      found({ requestId: ID, errorType: 'A.B`1', errorMessage: 'm', stack: ['at X.Y()', 'at Z.W()'] }),
    ],
    [
      'old Node',
      `${TIME}\t${ID}\tError: m\n    at f (a.js:1:1)\n    at g (b.js:2:2)`,
      found({ requestId: ID, errorType: 'Error', errorMessage: 'm', stack: ['at f (a.js:1:1)', 'at g (b.js:2:2)'] }),
    ],
  ])('%s', (_, line, expected) => {
    expect(parseRuntimeError(line)).toEqual(expected);
  });

  test.each([
    '[ERROR] E: m',
    '[ERROR]\tE: m\nTraceback (most recent call last):',
    '[WARN] E: m\nTraceback (most recent call last):',
    '[ERROR] 5: m\nTraceback (most recent call last):',
    'm: 5E\nTraceback (most recent call last):',
    'm: E\nsomething\nTraceback (most recent call last):',
    'm: a.b.E\na.b.F: m\n\tat x.Y.z(Y.java:1)\n',
    'm: a.b.E\na.b.E: m\n    at x.Y.z(Y.java:1)\n',
    'm: E\nE: m\n\tat x.Y.z(Y.java:1)\n',
    'Error loading module a.B: java.lang.NoSuchMethodException',
    'm: ErrorString',
    'm: errorString, again',
    'm:errorString',
    'm: errorString\nnullable',
    'm: errorString\n0',
    'result: found\nnull',
    'result: found null',
    'ERROR null',
    'm: boundsError2\nx[{"path":"a.go"}]',
    'a panic: m',
    'Critical exception from handler\ntext',
    'Critical exception from handler     {"errorType":"E"}',
    `${ID} Invoke Error text`,
    `${ID} Invoke error {"errorType":"E"}`,
    `${ID}x Invoke Error {"errorType":"E"}`,
    `WARN Lambda runtime invoke{requestId="${ID}"}: m`,
    `ERROR Lambda runtime invoke{requestId="x"}: m`,
    "thread 'main' is done",
    "a thread 'main' panicked at src/main.rs:1:2:\nm",
    `${TIME}\t${ID}\tfail\ta.b: m\n   at X.Y()`,
    `${TIME}\t${ID}\tfail\tA.B: m`,
    `${TIME}\t${ID}\tinfo\tA.B: m\n   at X.Y()`,
    `${TIME}\t${ID}\tError: m`,
    `${TIME}\t${ID}\tError: m\n  at f (a.js:1:1)`,
    `${TIME}\t${ID}\terror: m\n    at f (a.js:1:1)`,
    `${TIME} ${ID} Error: m\n    at f (a.js:1:1)`,
    '2026/11/26 08:00:00 {"message":"m"}',
  ])('%j is none', (line) => {
    expect(parseRuntimeError(line)).toBeNull();
  });
});

describe('a record states an error', () => {
  test.each([
    ['by a name with an escape', String.raw`{"level":"ERROR","\u0065rrorType":"E","errorMessage":"m"}`, 'E'],
    [
      'by frames of Java in its message',
      JSON.stringify({ level: 'ERROR', message: 'm: java.lang.E\njava.lang.E: m\n\tat a.B.c(B.java:1)' }),
      'java.lang.E',
    ],
    [
      'by a class that Java did not find',
      JSON.stringify({ level: 'ERROR', message: 'Error loading class a.B: java.lang.E' }),
      'java.lang.E',
    ],
  ])('%s', (_, line, errorType) => expect(parseRuntimeError(line)).toMatchObject({ errorType }));

  test('not by its level', () => {
    expect(parseRuntimeError('{"level":"ERROR","message":"m"}')).toBeNull();
  });
});

describe('a member that cannot become a text', () => {
  const NO_TEXT = { toString: 1, valueOf: 1 };

  test('as level is an application’s', () => {
    expect(parseRuntimeError(JSON.stringify({ level: NO_TEXT, errorType: 'E', errorMessage: 'error' }))).toBeNull();
  });

  test.each([
    ['as stack has no frames', { stackTrace: NO_TEXT }, []],
    ['as line of a frame is 0', { stackTrace: [{ path: 'a.go', label: 'f', line: NO_TEXT }] }, ['f (a.go:0)']],
  ])('%s', (_, members, stack) => {
    const line = JSON.stringify({ level: 'ERROR', errorType: 'E', errorMessage: 'm', ...members });
    expect(parseRuntimeError(line)).toMatchObject({ errorType: 'E', stack });
  });

  test('as target is none of the runtime of Rust', () => {
    const span = { name: 'Lambda runtime invoke', requestId: 'r' };
    expect(parseRuntimeError(JSON.stringify({ level: 'ERROR', target: NO_TEXT, span }))).toBeNull();
  });
});
