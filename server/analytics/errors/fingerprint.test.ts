import { describe, expect, test } from 'vitest';
import { parseRuntimeError } from '../../../ingest/lines/runtime-error.ts';
import type { ErrorIdentity, Failure } from './fingerprint.ts';
import { errorIdentity, fingerprintOf } from './fingerprint.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';

/** The failure that a runtime's line reports. */
function told(line: string, status: Failure['status'] = 'error'): Failure {
  const error = parseRuntimeError(line);
  if (error === null) throw new Error(`not read: ${line}`);
  return { status, errorType: error.errorType, message: error.errorMessage, stack: error.stack };
}

function failure(known: Partial<Failure>): Failure {
  return { status: 'error', errorType: null, message: null, stack: [], ...known };
}

const nodeText = (error: object): string =>
  `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t${JSON.stringify(error)}`;
const json = (record: object): string =>
  JSON.stringify({ timestamp: '2026-11-26T08:00:00.009Z', requestId: ID, ...record });

/** The same fault in two forms, and what identifies it, worked out by hand. */
const SAME: readonly (readonly [fault: string, one: Failure, other: Failure, identity: ErrorIdentity])[] = [
  [
    'Node 14 as text, Node 20 as JSON, another line of the file',
    told(
      nodeText({
        errorType: 'TypeError',
        errorMessage: "Cannot read property 'id' of undefined",
        stack: [
          "TypeError: Cannot read property 'id' of undefined",
          '    at Runtime.exports.handler (/var/task/index.js:9:3)',
        ],
      }),
    ),
    told(
      json({
        level: 'ERROR',
        message: {
          errorType: 'TypeError',
          errorMessage: "Cannot read properties of undefined (reading 'id')",
          stackTrace: ['    at Runtime.handler (file:///var/task/index.js:11:5)'],
        },
      }),
    ),
    {
      kind: 'handler',
      errorType: 'TypeError',
      message: 'Cannot read properties of undefined (reading "")',
      frame: 'handler (index.js)',
    },
  ],
  [
    'Node, missing module as text and JSON',
    told(
      `2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t${JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: "Error: Cannot find module 'pg'\nRequire stack:\n- /var/task/a.js", stack: [] })}`,
    ),
    told(
      json({
        level: 'ERROR',
        message: {
          errorType: 'ImportModuleError',
          errorMessage: "Error: Cannot find module 'pg'\nRequire stack:\n- /var/runtime/index.mjs",
          stackTrace: [],
        },
      }),
    ),
    { kind: 'init', errorType: 'ImportModuleError', message: 'Error: Cannot find module "pg"', frame: '' },
  ],
  [
    'Node, rejection that nobody handled, as text (the runtime exits) and JSON',
    failure({ status: 'exit', errorType: 'Runtime.UnhandledPromiseRejection', message: 'Error: late 7' }),
    failure({ errorType: 'UnhandledPromiseRejection', message: 'Error: late 8' }),
    { kind: 'runtime', errorType: 'UnhandledPromiseRejection', message: 'Error: late #', frame: '' },
  ],
  [
    'Python as text and JSON',
    told(
      '[ERROR] KeyError: \'a1\'\rTraceback (most recent call last):\r\u00a0\u00a0File "/var/task/app.py", line 7, in handler\r\u00a0\u00a0File "/var/task/orders.py", line 3, in load\r\u00a0\u00a0\u00a0\u00a0return x',
    ),
    told(
      json({
        log_level: 'ERROR',
        errorType: 'KeyError',
        errorMessage: "'b2'",
        stackTrace: [
          '  File "/var/task/app.py", line 9, in handler\n    load()\n',
          '  File "/var/task/orders.py", line 4, in load\n    return x\n',
        ],
      }),
    ),
    { kind: 'handler', errorType: 'KeyError', message: '""', frame: 'load (orders.py)' },
  ],
  [
    'Java as text and JSON: frames of the JDK come first',
    told(
      'Index 7 out of bounds for length 7: java.lang.IndexOutOfBoundsException\njava.lang.IndexOutOfBoundsException: Index 7 out of bounds for length 7\n\tat java.base/java.util.Objects.checkIndex(Unknown Source)\n\tat com.shop.Cart.item(Cart.java:20)\n',
    ),
    told(
      json({
        level: 'ERROR',
        message:
          'Index 9 out of bounds for length 2: java.lang.IndexOutOfBoundsException\njava.lang.IndexOutOfBoundsException: Index 9 out of bounds for length 2\n\tat java.base/java.util.Objects.checkIndex(Objects.java:385)\n\tat com.shop.Cart.item(Cart.java:22)\n',
      }),
    ),
    {
      kind: 'handler',
      errorType: 'java.lang.IndexOutOfBoundsException',
      message: 'Index # out of bounds for length #',
      frame: 'com.shop.Cart.item',
    },
  ],
  [
    '.NET as text and JSON: another build folder',
    told(
      `2026-11-26T08:00:00.009Z\t${ID}\tfail\tSystem.InvalidOperationException: no stock of 7\n   at Shop.Stock.<TakeAsync>d__3.MoveNext() in /build/a/Stock.cs:line 8\n`,
    ),
    told(
      json({
        level: 'Error',
        message: null,
        errorType: 'System.InvalidOperationException',
        errorMessage: 'no stock of 12',
        stackTrace: [
          'System.InvalidOperationException: no stock of 12',
          'at Shop.Stock.TakeAsync(Int32 n) in /build/b/Stock.cs:line 9',
        ],
      }),
    ),
    {
      kind: 'handler',
      errorType: 'System.InvalidOperationException',
      message: 'no stock of #',
      frame: 'Shop.Stock.TakeAsync',
    },
  ],
  [
    'Ruby 2.7 and 3.4',
    told(
      `Critical exception from handler\n${JSON.stringify({ errorMessage: "undefined method `id' for nil:NilClass", errorType: 'Function<NoMethodError>', stackTrace: ["/var/task/app.rb:3:in `handler'"] })}`,
    ),
    told(
      `Error raised from handler method\n${JSON.stringify({ errorMessage: "undefined method 'id' for nil", errorType: 'Function<NoMethodError>', stackTrace: ["/var/task/app.rb:9:in 'Object#handler'"] })}`,
    ),
    { kind: 'handler', errorType: 'NoMethodError', message: 'undefined method "" for nil', frame: 'handler (app.rb)' },
  ],
  [
    'Go: a panic',
    told(
      'index out of range [7] with length 3: boundsError\n[{"path":"github.com/shop/orders/main.go","line":20,"label":"main.handler"}]',
    ),
    told(
      'index out of range [9] with length 4: boundsError\n[{"path":"github.com/shop/orders/main.go","line":22,"label":"main.handler.func1"}]',
    ),
    {
      kind: 'handler',
      errorType: 'boundsError',
      message: 'index out of range [#] with length #',
      frame: 'orders/main.handler',
    },
  ],
  [
    'Rust before and since 1.73',
    told("thread 'main' panicked at 'no such order: 7', src/main.rs:20:5"),
    told(
      "thread 'tokio-runtime-worker' panicked at src/main.rs:22:9:\nno such order: 8\nnote: run with `RUST_BACKTRACE=1`",
    ),
    { kind: 'handler', errorType: 'panic', message: 'no such order: #', frame: '<anonymous> (src/main.rs)' },
  ],
  [
    'a custom runtime',
    told(
      `${ID}\tInvoke Error\t${JSON.stringify({ errorType: 'Exception', errorMessage: 'no route 7', stack: ['#0 /var/task/index.php(9): run()'] })}`,
    ),
    told(
      `${ID}\tInvoke Error\t${JSON.stringify({ errorType: 'Exception', errorMessage: 'no route 8', stack: ['#0 /var/task/index.php(10): run()'] })}`,
    ),
    { kind: 'handler', errorType: 'Exception', message: 'no route #', frame: 'run (index.php)' },
  ],
  [
    'a timeout in the old and in the new format',
    failure({ status: 'timeout', errorType: null, message: 'Task timed out after 3.00 seconds' }),
    failure({ status: 'timeout', errorType: 'Sandbox.Timedout', stack: ['at load (/var/task/index.js:9:3)'] }),
    { kind: 'timeout', errorType: null, message: '', frame: '' },
  ],
  [
    'out of memory in the old and in the new format',
    failure({ status: 'oom', errorType: 'Runtime.ExitError', message: 'Runtime exited with error: signal: killed' }),
    failure({ status: 'oom', errorType: 'Runtime.OutOfMemory' }),
    { kind: 'oom', errorType: null, message: '', frame: '' },
  ],
  [
    'an exit in the old and in the new format',
    failure({ status: 'exit', errorType: 'Runtime.ExitError', message: 'Runtime exited with error: exit status 129' }),
    failure({ status: 'exit', errorType: 'Runtime.ExitError' }),
    { kind: 'runtime', errorType: 'ExitError', message: '', frame: '' },
  ],
  [
    'an init that failed: as the platform and as Ruby name it',
    failure({ errorType: 'Init<LoadError>', message: 'cannot load such file -- rack' }),
    failure({ errorType: 'LoadError', message: 'cannot load such file -- rack' }),
    { kind: 'init', errorType: 'LoadError', message: 'cannot load such file -- rack', frame: '' },
  ],
];

describe('one fault', () => {
  test.each(SAME)('%s', (_, one, other, identity) => {
    expect(errorIdentity(one)).toEqual(identity);
    expect(errorIdentity(other)).toEqual(identity);
    expect(fingerprintOf(errorIdentity(one))).toBe(fingerprintOf(errorIdentity(other)));
  });
});

const BASE = failure({ errorType: 'Error', message: 'no order 7', stack: ['at load (/var/task/a.js:1:1)'] });

describe('two faults', () => {
  test.each<[string, Failure, Failure]>([
    ['another type', BASE, { ...BASE, errorType: 'RangeError' }],
    ['another template', BASE, { ...BASE, message: 'no cart 7' }],
    ['another function', BASE, { ...BASE, stack: ['at save (/var/task/a.js:1:1)'] }],
    ['another file', BASE, { ...BASE, stack: ['at load (/var/task/b.js:1:1)'] }],
    [
      'another missing module',
      failure({
        errorType: 'Runtime.ImportModuleError',
        message: "Unable to import module 'app': No module named 'pg'",
      }),
      failure({
        errorType: 'Runtime.ImportModuleError',
        message: "Unable to import module 'app': No module named 'jwt'",
      }),
    ],
    [
      'another missing module of Node',
      failure({ errorType: 'Error', message: "Cannot find module 'pg'\nRequire stack:\n- /var/task/index.js" }),
      failure({ errorType: 'Error', message: "Cannot find module 'jwt'\nRequire stack:\n- /var/task/index.js" }),
    ],
    [
      'another missing module that the code imports',
      failure({ errorType: 'ModuleNotFoundError', message: "No module named 'pg'" }),
      failure({ errorType: 'ModuleNotFoundError', message: "No module named 'jwt'" }),
    ],
    [
      'another signal',
      failure({
        status: 'exit',
        errorType: 'Runtime.ExitError',
        message: 'Runtime exited with error: signal: segmentation fault',
      }),
      failure({
        status: 'exit',
        errorType: 'Runtime.ExitError',
        message: 'Runtime exited with error: signal: aborted',
      }),
    ],
    [
      'two kinds of memory of Java',
      failure({ errorType: 'java.lang.OutOfMemoryError', message: 'Java heap space' }),
      failure({ errorType: 'java.lang.OutOfMemoryError', message: 'Metaspace' }),
    ],
    ['a timeout and out of memory', failure({ status: 'timeout' }), failure({ status: 'oom' })],
  ])('%s', (_, one, other) => {
    expect(fingerprintOf(errorIdentity(one))).not.toBe(fingerprintOf(errorIdentity(other)));
  });
});

test('a fingerprint is 16 hexadecimal digits and does not depend on how texts are divided among its parts', () => {
  const identity: ErrorIdentity = { kind: 'handler', errorType: 'A', message: 'B', frame: '' };
  expect(fingerprintOf(identity)).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprintOf(identity)).not.toBe(fingerprintOf({ ...identity, errorType: 'AB', message: '' }));
});
