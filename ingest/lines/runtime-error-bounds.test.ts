/** How the errors of each runtime begin and end, and how much of them is read; expected values are read by hand from each line. */
import { describe, expect, test } from 'vitest';
import { parseRuntimeError } from './runtime-error.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';
const TIME = '2026-11-26T08:00:00.009Z';
const m = (chars: number): string => 'm'.repeat(chars);
const TRACE = 'Traceback (most recent call last):';
const FRAME = '\tat x.Y.z(Y.java:1)';

/** Type and message of the error; null if the line is none. */
const read = (line: string) => {
  const error = parseRuntimeError(line);
  return error === null ? null : [error.errorType, error.errorMessage];
};

describe('texts are errors as far as these bounds, and no further', () => {
  test.each<[string, (n: number) => string, number]>([
    ['the type of Python', (n) => `[ERROR] ${'E'.repeat(n)}: x\n${TRACE}`, 256],
    ['the message of Python', (n) => `[ERROR] E: ${m(n)}\n${TRACE}`, 4096],
    ['the type of old Python', (n) => `x: ${'E'.repeat(n)}\n${TRACE}`, 256],
    ['the message of old Python', (n) => `${m(n)}: E\n${TRACE}`, 4096],
    ['the message of Java', (n) => `${m(n)}: a.b.E\na.b.E: x\n${FRAME}`, 4096],
    ['the message of Java that is printed again', (n) => `x: a.b.E\na.b.E: ${m(n)}\n${FRAME}`, 4096],
    ['the class of Java', (n) => `x: a.${'E'.repeat(n)}\na.${'E'.repeat(n)}: x\n${FRAME}`, 256],
    ['the class that Java cannot load', (n) => `Error loading class ${m(n)}: a.b.E`, 1024],
    ['the message of Go', (n) => `${m(n)}: errorString`, 2048],
    ['the type of Go', (n) => `x: a${'b'.repeat(n)}Error`, 80],
    ['blanks before Go’s stack', (n) => `x: errorString${' '.repeat(n)}null`, 4],
    ['blanks behind Go’s error', (n) => `x: errorString${' '.repeat(n)}`, 4],
    ['blanks behind Go’s stack', (n) => `x: errorString null${' '.repeat(n)}`, 4],
    ['the message before Go’s stack', (n) => `${m(n)}: XFailure\nnull`, 2048],
    ['the type before Go’s stack', (n) => `x: ${'X'.repeat(n)}Failure\nnull`, 80],
    ['line ends before Go’s stack', (n) => `x: XFailure${'\n'.repeat(n)}null`, 2],
    ['blanks behind the stack', (n) => `x: XFailure\nnull${' '.repeat(n)}`, 4],
    ['the type of a panic of Go', (n) => `x: ${'E'.repeat(n)}\n[{"path":"a.go"}]`, 80],
    ['the message of a panic of Go', (n) => `${m(n)}: E\n[{"path":"a.go"}]`, 2048],
    ['the thread of Rust', (n) => `thread '${'t'.repeat(n)}' panicked at src/a.rs:1:2:\nx`, 128],
    ['the type of .NET', (n) => `${TIME}\t${ID}\tfail\tA${'b'.repeat(n)}: x\n   at X.Y()`, 255],
    ['the message of .NET', (n) => `${TIME}\t${ID}\tfail\tA.B: ${m(n)}\n   at X.Y()`, 2048],
    ['the blanks before a frame of .NET', (n) => `${TIME}\t${ID}\tfail\tA.B: x\n${' '.repeat(n)}at X.Y()`, 3],
    ['the type of old Node', (n) => `${TIME}\t${ID}\tE${'x'.repeat(n)}: m\n    at f (a.js:1:1)`, 80],
    ['the message of old Node', (n) => `${TIME}\t${ID}\tError: ${m(n)}\n    at f (a.js:1:1)`, 2048],
    ['the id of Node', (n) => `${TIME}\t${'i'.repeat(n)}\tERROR\tInvoke Error\t{}`, 256],
    ['the blanks before the error of Node', (n) => `${TIME}\t${ID}\tERROR\tInvoke Error${' '.repeat(n)}{}`, 4],
    ['the time of Node', (n) => `2026-11-26T${'0'.repeat(n)}Z\t${ID}\tERROR\tInvoke Error\t{}`, 24],
    ['the blanks before the error of a custom runtime', (n) => `${ID} Invoke Error${' '.repeat(n)}{}`, 4],
    ['the blanks before the error of Ruby', (n) => `Critical exception from handler${' '.repeat(n)}{}`, 4],
    ['the handler of Ruby', (n) => `Init error when loading handler${' '.repeat(1)}${'h'.repeat(n - 1)}{"a":1}`, 256],
  ])('%s', (_, line, most) => {
    expect(parseRuntimeError(line(most))).not.toBeNull();
    expect(parseRuntimeError(line(most + 1))).toBeNull();
  });

  test('of a panic of Rust and of a text of Go the beginning is read', () => {
    expect(read(`panic: ${m(2049)}`)).toEqual(['panic', m(1024)]);
    expect(read(`thread 'a' panicked at src/a.rs:1:2:\n${m(2049)}`)).toEqual(['panic', m(1024)]);
    expect(read(`ERROR Lambda runtime invoke{requestId="${ID}"}: ${m(2049)}`)).toEqual([null, m(1024)]);
  });
});

describe('lines that are errors', () => {
  test.each<[string, string, readonly (string | null)[]]>([
    ['Python without a blank', `[ERROR] E:m\n${TRACE}`, ['E', 'm']],
    ['Python with CRLF', `[ERROR] E: m\r\n${TRACE}`, ['E', 'm']],
    ['Python with a blank line', `[ERROR] E: m\n\n${TRACE}`, ['E', 'm']],
    ['Python, an empty message', `[ERROR] E: \n${TRACE}`, ['E', null]],
    ['Python, a colon in the message', `[ERROR] E: a: b\n${TRACE}`, ['E', 'a: b']],
    ['old Python with CRLF', `m: E\r\n${TRACE}`, ['E', 'm']],
    ['old Python, a colon in the message', `a: b: E\n${TRACE}`, ['E', 'a: b']],
    ['old Python, an empty message', `: E\n${TRACE}`, ['E', null]],
    ['Java with CRLF', `m: a.b.E\r\na.b.E: m\r\n${FRAME}`, ['a.b.E', 'm']],
    ['Java, a message of two lines', `a\nb: x.E\nx.E: a\nb\n${FRAME}`, ['x.E', 'a\nb']],
    ['Go, a type that begins like another', 'm: errorStringError', ['errorStringError', 'm']],
    ['Go, a joined error', 'm: joinError', ['joinError', 'm']],
    ['Go, an error that wraps one', 'm: wrapError', ['wrapError', 'm']],
    ['Go, an error that wraps several', 'm: wrapErrors', ['wrapErrors', 'm']],
    ['Go, an exception before its stack', 'm: XException\nnull', ['XException', 'm']],
    ['Go, a failure before its stack, with CRLF', 'm: XFailure\r\nnull', ['XFailure', 'm']],
    ['Go, a fundamental one before its stack', 'm: fundamental\nnull', ['fundamental', 'm']],
    ['Go, one with a stack', 'm: withStack\nnull', ['withStack', 'm']],
    ['Go, one with a message', 'm: withMessage\nnull', ['withMessage', 'm']],
    ['Go, several before their stack', 'm: wrapErrors\nnull', ['wrapErrors', 'm']],
    ['Go, a panic with CRLF', 'm: E\r\n[{"path":"a.go"}]', ['E', 'm']],
    ['Rust, the old form over lines', "thread 'a' panicked at 'm\nn', src/a.rs:1:2", ['panic', 'm\nn']],
    ['Rust, the old form with a note', "thread 'a' panicked at 'm', src/a.rs:1:2\nnote: x", ['panic', 'm']],
    ['Rust with CRLF', "thread 'a' panicked at src/a.rs:1:2:\r\nm", ['panic', 'm']],
    ['.NET with CRLF', `${TIME}\t${ID}\tfail\tA.B: m\r\n   at X.Y()`, ['A.B', 'm']],
    ['.NET, a generic class within another', `${TIME}\t${ID}\tfail\tA.B+C\`1: m\n   at X.Y()`, ['A.B+C`1', 'm']],
    ['old Node with CRLF', `${TIME}\t${ID}\tError: m\r\n    at f (a.js:1:1)`, ['Error', 'm']],
    ['old Node, an exception', `${TIME}\t${ID}\tMyException: m\n    at f (a.js:1:1)`, ['MyException', 'm']],
    ['Node with blanks for tabs', `${TIME} ${ID} ERROR Invoke Error {"errorType":"E"}`, ['E', null]],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toEqual(expected);
  });
});

test.each([
  ['Python behind a bracket', `[x] [ERROR] E: m\n${TRACE}`],
  ['Python with a word before the trace', `[ERROR] E: m\nx ${TRACE}`],
  ['old Python on a second line', `x\nm: E\n${TRACE}`],
  ['Java behind its class', `Error loading\tclass a.B: c.E`],
  ['Java, a class without a package', `m: E\nE: m\n${FRAME}`],
  ['Java, a package in capitals', `m: A.E\nA.E: m\n${FRAME}`],
  ['Java, a class in lower case', `m: a.e\na.e: m\n${FRAME}`],
  ['Java without a frame', 'm: a.E\na.E: m\n\tat'],
  ['Go, a second line', 'x\nm: errorString'],
  ['Go, words behind the type', 'm: fundamental Error'],
  ['Go, words behind the stack', 'm: XFailure\nnull x null'],
  ['Go, a type without a colon', 'm errorString'],
  ['Go, a type in capitals', 'm: NotFoundError'],
  ['Go, a panic in brackets', '[m: E\n[{"path":"a.go"}]'],
  ['Go, a panic on a second line', 'x\nm: E\n[{"path":"a.go"}]'],
  ['Go, a panic behind a word', 'x panic: m'],
  ['Go, an empty panic', 'panic: \nxyz'],
  ['Go, a record behind a word', 'x 2026/11/26 08:00:00 {"errorMessage":"m"}'],
  ['Go, a record of another date', '2026-11-26 08:00:00 {"errorMessage":"m"}'],
  ['Ruby behind a word', 'A Critical exception from handler{"errorType":"E"}'],
  ['Ruby, another text', 'Critical exception from a handler{"errorType":"E"}'],
  ['Rust behind a word', "x thread 'a' panicked at src/a.rs:1:2:"],
  ['Rust without a place', "thread 'a' panicked at src/a.rs:\nm"],
  ['Rust, a place with a blank', "thread 'a' panicked at src a.rs:1:2:\nm"],
  ['Rust, an id of other characters', 'ERROR Lambda runtime invoke{requestId="xyz"}: m'],
  ['Rust without an end', `ERROR Lambda runtime invoke{requestId="${ID}": m`],
  ['Rust, a level of another word', `XERROR Lambda runtime invoke{requestId="${ID}"}: m`],
  ['.NET behind a digit', `1${TIME}\t${ID}\tfail\tA.B: m\n   at X.Y()`],
  ['.NET with blanks for tabs', `${TIME} ${ID} fail A.B: m\n   at X.Y()`],
  ['.NET without a frame', `${TIME}\t${ID}\tfail\tA.B: m\n   after X.Y()`],
  ['.NET, a class in lower case', `${TIME}\t${ID}\tfail\ta.B: m\n   at X.Y()`],
  ['Node behind a digit', `1${TIME}\t${ID}\tERROR\tInvoke Error\t{}`],
  ['Node, an error that is no object', `${TIME}\t${ID}\tERROR\tInvoke Error\t[]`],
  ['old Node behind a digit', `1${TIME}\t${ID}\tError: m\n    at f (a.js:1:1)`],
  ['a custom runtime behind a digit', `1x ${ID} Invoke Error {}`],
  ['a custom runtime, another text', `${ID} Uncaught Exception {}`],
])('%s is none', (_, line) => {
  expect(parseRuntimeError(line)).toBeNull();
});
