/** What Lambda prints when a runtime process ends, as custom runtimes cause it; values read by hand from the lines. */
import { describe, expect, test } from 'vitest';
import {
  kindOf,
  parseNetworkFault,
  parseRequestFault,
  parseTimeout,
  parseUnknownError,
  parseWarning,
} from './fault.ts';
import { parsePlatformLine } from './platform-line.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';

test.each([
  ['exit status 1', 'Runtime exited with error: exit status 1', 'Runtime.ExitError'],
  ['a command that is not found', 'Runtime exited with error: exit status 127', 'Runtime.ExitError'],
  ['a segmentation fault', 'Runtime exited with error: signal: segmentation fault', 'Runtime.ExitError'],
  ['no reason', 'Runtime exited without providing a reason', 'Runtime.ExitError'],
  ['no type on a second line', 'Runtime exited with error: exit status 1', null],
])('%s is an exit', (_, errorMessage, errorType) => {
  const line = `RequestId: ${ID} Error: ${errorMessage}${errorType === null ? '' : `\n${errorType}`}\n`;
  const result = parsePlatformLine(line);
  expect(result.ok && result.line).toMatchObject({
    kind: 'fault',
    fault: 'exit',
    requestId: ID,
    errorMessage,
    errorType,
  });
});

test('a process that was killed ran out of memory', () => {
  const result = parsePlatformLine(
    `RequestId: ${ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`,
  );
  expect(result.ok && result.line).toMatchObject({ kind: 'fault', fault: 'oom', errorType: 'Runtime.ExitError' });
});

const NOT_PLATFORM = { ok: false, reason: 'not-platform' };
const AT = '2026-11-20T10:00:00.123Z';
const found = (fault: string, more: object = {}, time: string | null = null) => ({
  ok: true,
  time,
  line: {
    kind: 'fault',
    fault,
    requestId: null,
    errorType: null,
    errorMessage: null,
    status: null,
    timedOutAfterSec: null,
    ...more,
  },
});

describe('a timeout', () => {
  test.each([
    [`${AT} ${ID} Task timed out after 3.00 seconds`, AT, 3],
    [`${AT} ${ID} Task timed out after 3.00 seconds\n\n`, AT, 3],
    [`${AT} ${ID} Task timed out after 1 second`, AT, 1],
    [`${AT} ${ID} Task timed out after 900.123456 seconds        `, AT, 900.123456],
    [`2026-11-20T10:00:00Z ${ID} Task timed out after 0.5 seconds`, '2026-11-20T10:00:00Z', 0.5],
    [`2026-11-20T10:00:00.123456789Z ${ID} Task timed out after 3 seconds`, '2026-11-20T10:00:00.123456789Z', 3],
  ])('%j', (line, time, timedOutAfterSec) => {
    expect(parseTimeout(line)).toEqual(found('timeout', { requestId: ID, status: 'timeout', timedOutAfterSec }, time));
  });

  test.each([
    '',
    `${ID} Task timed out after 3.00 seconds`,
    `x ${AT} ${ID} Task timed out after 3.00 seconds`,
    `${AT} Task timed out after 3.00 seconds`,
    `${AT} ${ID}  Task timed out after 3.00 seconds`,
    `2026-11-20 10:00:00Z ${ID} Task timed out after 3.00 seconds`,
    `2026-11-20T10:00:00 ${ID} Task timed out after 3.00 seconds`,
    `2026-11-20T10:00:00.1234567890Z ${ID} Task timed out after 3.00 seconds`,
    `${AT} ${ID} Task timed out after 3.00 minutes`,
    `${AT} ${ID} Task timed out after three seconds`,
    `${AT} ${ID} Task timed out after 1234567 seconds`,
    `${AT} ${ID} Task timed out after 1.1234567 seconds`,
    `${AT} ${ID} Task timed out after 3. seconds`,
    `${AT} ${ID} Task timed out after 3.00 seconds, said another`,
    `${AT} ${ID} Task timed out after 3.00 seconds         `,
    `${AT} ${ID} task timed out after 3.00 seconds`,
    `${AT} ${ID} Task timed out after 3.00 seconds${' '.repeat(512)}`,
  ])('%j is none', (line) => {
    expect(parseTimeout(line)).toEqual(NOT_PLATFORM);
  });

  test('has an id of at most 256 characters', () => {
    const of = (chars: number) => parseTimeout(`${AT} ${'x'.repeat(chars)} Task timed out after 3.00 seconds`);
    expect(of(256)).toMatchObject({ line: { requestId: 'x'.repeat(256) } });
    expect(of(257)).toEqual(NOT_PLATFORM);
  });
});

describe('a line about a request', () => {
  test.each<[string, string, object]>([
    [
      'with a status',
      `RequestId: ${ID} Status: timeout\tErrorType: Sandbox.Timedout`,
      found('timeout', { requestId: ID, status: 'timeout', errorType: 'Sandbox.Timedout' }),
    ],
    [
      'with blanks between',
      `RequestId: ${ID} Status: error        ErrorType: Function.Error  \n`,
      found('error', { requestId: ID, status: 'error', errorType: 'Function.Error' }),
    ],
    [
      'with a status and no type',
      `RequestId: ${ID} Status: failure\tErrorType: `,
      found('error', { requestId: ID, status: 'failure' }),
    ],
    [
      'with a status and no id',
      'RequestId: Status: error\tErrorType: Runtime.OutOfMemory',
      found('oom', { status: 'error', errorType: 'Runtime.OutOfMemory' }),
    ],
    [
      'of 2014',
      `RequestId: ${ID} Process exited before completing request`,
      found('exit', { requestId: ID, errorType: 'ProcessExited' }),
    ],
    [
      'of 2014, without an id',
      'RequestId:  Process exited before completing request\n',
      found('exit', { errorType: 'ProcessExited' }),
    ],
    ['with an error', `RequestId: ${ID} Error: boom`, found('error', { requestId: ID, errorMessage: 'boom' })],
    [
      'with an error and its type',
      `RequestId: ${ID} Error: boom\nFunction.Failed\n`,
      found('error', { requestId: ID, errorMessage: 'boom', errorType: 'Function.Failed' }),
    ],
    ['with an empty error', `RequestId: ${ID} Error: `, found('error', { requestId: ID, errorMessage: '' })],
    ['with an error and no id', 'RequestId: Error: boom', found('error', { errorMessage: 'boom' })],
    [
      'with a timeout as its error',
      `RequestId: ${ID} Error: Task timed out after 3.00 seconds`,
      found('timeout', {
        requestId: ID,
        errorMessage: 'Task timed out after 3.00 seconds',
        timedOutAfterSec: 3,
        status: 'timeout',
      }),
    ],
    [
      'with a time before a timeout as its error',
      `RequestId: ${ID} Error: ${AT} Task timed out after 12.5 seconds`,
      found('timeout', {
        requestId: ID,
        errorMessage: `${AT} Task timed out after 12.5 seconds`,
        timedOutAfterSec: 12.5,
        status: 'timeout',
      }),
    ],
  ])('%s', (_, line, expected) => {
    expect(parseRequestFault(line)).toEqual(expected);
  });

  test.each([
    ['3 seconds', 3],
    ['1 second', 1],
    ['3.00 seconds  ', 3],
    ['0.5 seconds        ', 0.5],
    ['3.00 seconds, said another', null],
    ['3.00 secondsx', null],
    ['3.00 seconds         ', null],
    ['3. seconds', null],
    ['3.00 minutes', null],
    ['1234567 seconds', null],
    ['1.1234567 seconds', null],
  ])('a timeout as its error: after %j', (after, timedOutAfterSec) => {
    const line = `RequestId: ${ID} Error: Task timed out after ${after}`;
    expect(parseRequestFault(line)).toMatchObject({
      line: { fault: timedOutAfterSec === null ? 'error' : 'timeout', timedOutAfterSec },
    });
  });

  test.each(['XTask timed out after 3 seconds', 'Task  timed out after 3 seconds'])('%j is no timeout', (error) => {
    expect(parseRequestFault(`RequestId: ${ID} Error: ${error}`)).toMatchObject({ line: { fault: 'error' } });
  });

  test('eight blanks may follow a type', () => {
    const of = (blanks: number) =>
      parseRequestFault(`RequestId: ${ID} Status: error\tErrorType: x${' '.repeat(blanks)}`);
    expect(of(8)).toMatchObject({ ok: true });
    expect(of(9)).toEqual(NOT_PLATFORM);
  });

  test.each([
    `RequestId: ${ID}`,
    `RequestId: ${ID} done`,
    `RequestId: ${ID} Status: timeout`,
    `RequestId: ${ID} Status: timeout, ErrorType: x`,
    `RequestId: ${ID} Status: ErrorType: x`,
    `RequestId: ${ID} Status: timeout\tErrorType: a b`,
    `RequestId: ${ID} Status: timeout         ErrorType: x`,
    `RequestId: ${ID} Process exited`,
    `RequestId: ${ID} Process exited before completing request, said another`,
    `RequestId: ${ID} Error: boom\na b`,
    `RequestId: ${ID} Error: boom\nx\ny`,
    `x RequestId: ${ID} Error: boom`,
    `x RequestId: ${ID} Status: timeout\tErrorType: x`,
    `x RequestId: ${ID} Process exited before completing request`,
    `RequestId: ${ID}  Process exited before completing request`,
    `RequestId: a b Process exited before completing request`,
    `RequestId: ${ID} Process exited before completing request         `,
    `RequestId: ${ID} Error: boom\n         `,
    `RequestId: ${ID} Status: time-out\tErrorType: x`,
    `RequestId: a b Error: boom`,
  ])('%j is none', (line) => {
    expect(parseRequestFault(line)).toEqual(NOT_PLATFORM);
  });

  test('has texts of bounded length', () => {
    const of = (id: number, message: number, type: number) =>
      parseRequestFault(`RequestId: ${'i'.repeat(id)} Error: ${'m'.repeat(message)}\n${'t'.repeat(type)}`);
    expect(of(256, 2048, 256)).toMatchObject({ ok: true });
    expect([of(257, 1, 1), of(1, 2049, 1), of(1, 1, 257)]).toEqual([NOT_PLATFORM, NOT_PLATFORM, NOT_PLATFORM]);
    const fresh = (id: number, status: number, type: number) =>
      parseRequestFault(`RequestId: ${'i'.repeat(id)} Status: ${'s'.repeat(status)}\tErrorType: ${'t'.repeat(type)}`);
    expect(fresh(256, 32, 256)).toMatchObject({ ok: true });
    const exited = (id: number, blanks: number) =>
      parseRequestFault(`RequestId: ${'i'.repeat(id)} Process exited before completing request${' '.repeat(blanks)}`);
    expect(exited(256, 8)).toMatchObject({ line: { fault: 'exit', requestId: 'i'.repeat(256) } });
    expect(exited(257, 0)).toEqual(NOT_PLATFORM);
    const crash = (blanks: number) => parseRequestFault(`RequestId: ${ID} Error: x\nT${' '.repeat(blanks)}`);
    expect([crash(8).ok, crash(9).ok]).toEqual([true, false]);
    expect([fresh(257, 1, 1), fresh(1, 33, 1), fresh(1, 1, 257)]).toEqual([NOT_PLATFORM, NOT_PLATFORM, NOT_PLATFORM]);
  });
});

describe('other lines', () => {
  const MESSAGE = 'Unknown application error occurred';
  test.each([
    [MESSAGE, found('error', { errorMessage: MESSAGE })],
    [`${MESSAGE}\n`, found('error', { errorMessage: MESSAGE })],
    [`${MESSAGE}\nRuntime.Unknown`, found('error', { errorMessage: MESSAGE, errorType: 'Runtime.Unknown' })],
    [`${MESSAGE}\nRuntime.Unknown\n`, found('error', { errorMessage: MESSAGE, errorType: 'Runtime.Unknown' })],
    [`${MESSAGE}        `, found('error', { errorMessage: MESSAGE })],
    [`${MESSAGE}         `, NOT_PLATFORM],
    [`${MESSAGE}\n${'t'.repeat(256)}`, found('error', { errorMessage: MESSAGE, errorType: 't'.repeat(256) })],
    [`${MESSAGE}, again`, NOT_PLATFORM],
    [`${MESSAGE}\na b`, NOT_PLATFORM],
    [`x ${MESSAGE}`, NOT_PLATFORM],
    [`${MESSAGE}\n${'t'.repeat(257)}`, NOT_PLATFORM],
  ])('%j', (line, expected) => {
    expect(parseUnknownError(line)).toEqual(expected);
  });

  test.each([
    'ENILimitReachedException',
    'EC2ThrottledException',
    'SubnetIPAddressLimitReachedException',
    'EC2AccessDeniedException',
    'EC2UnexpectedException',
  ])('%s is a fault of the network', (errorType) => {
    const expected = found('network', { errorType, errorMessage: 'The limit was reached' });
    expect(parseNetworkFault(`${errorType}: The limit was reached\nmore`)).toEqual(expected);
    expect(parsePlatformLine(`${errorType}: The limit was reached`)).toEqual(expected);
    expect(parseNetworkFault(`${errorType} The limit was reached`)).toEqual(NOT_PLATFORM);
    expect(parseNetworkFault(`x ${errorType}: The limit was reached`)).toEqual(NOT_PLATFORM);
    expect(parseNetworkFault(`${errorType}: ${'m'.repeat(1100)}`)).toMatchObject({
      line: { errorMessage: 'm'.repeat(1024) },
    });
  });

  test('other exceptions of EC2 are an application’s', () => {
    expect(parsePlatformLine('EC2Exception: The limit was reached')).toEqual(NOT_PLATFORM);
    expect(parsePlatformLine('SubnetGroup: The limit was reached')).toEqual(NOT_PLATFORM);
  });

  test('a warning has the error after its carriage return', () => {
    const head = 'LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.';
    const warning = (error: unknown) => ({ ok: true, time: null, line: { kind: 'lambda-warning', error } });
    expect(parseWarning(head)).toEqual(warning(null));
    expect(parseWarning(`${head}\r`)).toEqual(warning(null));
    expect(parseWarning(`${head}\rpanic: boom`)).toEqual(
      warning({ requestId: null, errorType: 'panic', errorMessage: 'boom', stack: [] }),
    );
    expect(parseWarning(`${head}\r\n panic: boom\n`)).toMatchObject({ line: { error: { errorMessage: 'boom' } } });
    // 262,144 characters of the line are read.
    const ending = (at: number) => parseWarning(`${`${head}\r`.padEnd(at - 'panic: boom'.length)}panic: boom`);
    expect(ending(262_144)).toMatchObject({ line: { error: { errorMessage: 'boom' } } });
    expect(ending(262_145)).toMatchObject({ line: { error: { errorMessage: 'boo' } } });
    expect(parseWarning(`${head} panic: boom`)).toEqual(warning(null));
    // What would be an error of Go, did it stand after the carriage return.
    expect(parseWarning(`${head} x: errorString`)).toEqual(warning(null));
    expect(parsePlatformLine(`${head}\rpanic: boom`)).toMatchObject({ line: { kind: 'lambda-warning' } });
  });
});

test.each([
  ['Runtime.OutOfMemory', null, null, 'oom'],
  ['Runtime.OutOfMemory', null, 'timeout', 'oom'],
  ['Runtime.ExitError', 'Runtime exited with error: signal: killed', null, 'oom'],
  [null, 'signal: killed', null, 'oom'],
  ['Sandbox.Timedout', null, null, 'timeout'],
  ['Sandbox.Timeout', null, null, 'timeout'],
  ['Function.Unknown', null, 'timeout', 'timeout'],
  [null, null, 'timeout', 'timeout'],
  ['Runtime.ExitError', null, 'timeout', 'timeout'],
  ['Runtime.ExitError', null, 'error', 'exit'],
  ['Extension.Crash', null, null, 'exit'],
  ['ProcessExited', null, null, 'exit'],
  [null, 'Runtime exited with error: exit status 1', null, 'exit'],
  [null, 'Runtime exited ', null, 'exit'],
  [null, 'Runtime exited', null, 'error'],
  [null, 'The Runtime exited with error', null, 'error'],
  ['Function.Error', 'Runtime exited with error: exit status 1', null, 'error'],
  ['Sandbox.Failure', null, null, 'error'],
  [null, 'killed', 'error', 'error'],
  [null, null, null, 'error'],
] as const)('the kind of %j with %j and status %j is %s', (type, message, status, kind) => {
  expect(kindOf(type, message, status)).toBe(kind);
});

describe('a timeout is read by its characters', () => {
  const AT = '2026-11-20T10:00:00';
  test.each([
    ['with milliseconds', `${AT}.123Z ${ID} Task timed out after 3.00 seconds`, `${AT}.123Z`, ID, 3],
    ['without them, of one second', `${AT}Z x Task timed out after 1 second\n`, `${AT}Z`, 'x', 1],
    ['with the longest id', `${AT}Z ${'i'.repeat(256)} Task timed out after 9 seconds`, `${AT}Z`, 'i'.repeat(256), 9],
  ])('%s', (_, line, time, requestId, timedOutAfterSec) => {
    expect(parseTimeout(line)).toMatchObject({
      ok: true,
      time,
      line: { fault: 'timeout', requestId, timedOutAfterSec },
    });
  });

  test.each([
    ['a comma', `${AT},123Z ${ID} Task timed out after 3.00 seconds`],
    ['a blank in the time', `2026-11-20 10:00:00Z ${ID} Task timed out after 3.00 seconds`],
    ['a blank before the zone', `${AT} Z Task timed out after 3.00 seconds`],
    ['another zone', `${AT}+01:00 ${ID} Task timed out after 3.00 seconds`],
    ['ten digits', `${AT}.1234567890Z ${ID} Task timed out after 3.00 seconds`],
    ['two words', `${AT}Z a b Task timed out after 3.00 seconds`],
    ['no id', `${AT}Z Task timed out after 3.00 seconds`],
    ['a longer id', `${AT}Z ${'i'.repeat(257)} Task timed out after 3.00 seconds`],
    ['text after it', `${AT}Z ${ID} Task timed out after 3.00 seconds later`],
  ])('%s makes it none', (_, line) => expect(parseTimeout(line)).toEqual(NOT_PLATFORM));
});

/** Seconds of a timeout, as Lambda writes them and as copies have them. */
test.each([
  ['3.00 seconds', 3],
  ['0.5 seconds', 0.5],
  ['900 seconds', 900],
  ['1 second', 1],
  ['3.00 seconds\n', 3],
  ['12.345678 seconds', 12.345678],
  ['123456 seconds', null],
  ['3.00 secondsx', null],
  ['3. seconds', null],
  ['.5 seconds', null],
  ['1.2.3 seconds', null],
  ['0000003 seconds', null],
  ['3.0000001 seconds', null],
  ['3.00  seconds', null],
  [' seconds', null],
])('a timeout after %j', (text, seconds) => {
  const result = parsePlatformLine(`2026-11-20T10:00:00.000Z a-b Task timed out after ${text}`);
  expect(result.ok && result.line.kind === 'fault' ? result.line.timedOutAfterSec : null).toBe(seconds);
});
