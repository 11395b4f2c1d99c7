import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { parseRuntimeError } from './runtime-error.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';
const NBSP = '\u00a0';

/** One line per form that a runtime prints; what to read from it was written by hand from the form. */
const FAILED: readonly (readonly [
  form: string,
  line: string,
  id: string | null,
  type: string | null,
  message: string | null,
  frame: string | null,
])[] = [
  [
    'Node, handler threw',
    `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"Cannot read properties of undefined (reading 'id')","stack":["TypeError: Cannot read properties of undefined (reading 'id')","    at load (/var/task/index.js:9:3)"]}\n`,
    ID,
    'TypeError',
    "Cannot read properties of undefined (reading 'id')",
    'at load (/var/task/index.js:9:3)',
  ],
  [
    'Node, more members than three',
    `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"NotFound","errorMessage":"no such key","$metadata":{"httpStatusCode":404},"code":"NoSuchKey","stack":["NotFound: no such key","    at get (/var/task/s3.js:1:1)"]}`,
    ID,
    'NotFound',
    'no such key',
    'at get (/var/task/s3.js:1:1)',
  ],
  [
    'Node, rejection nobody handled',
    `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: late","reason":{},"promise":{},"stack":["Runtime.UnhandledPromiseRejection: Error: late","    at process.<anonymous> (/var/runtime/index.js:1:1)"]}`,
    ID,
    'Runtime.UnhandledPromiseRejection',
    'Error: late',
    'at process.<anonymous> (/var/runtime/index.js:1:1)',
  ],
  [
    'Node, during init',
    '2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module \'pg\'","stack":["Runtime.ImportModuleError: Error: Cannot find module \'pg\'","    at load (/var/runtime/index.js:1:1)"]}',
    null,
    'Runtime.ImportModuleError',
    "Error: Cannot find module 'pg'",
    'at load (/var/runtime/index.js:1:1)',
  ],
  [
    'Node, JSON format',
    `{"timestamp":"2026-11-26T08:00:00.009Z","level":"ERROR","requestId":"${ID}","message":{"errorType":"ImportModuleError","errorMessage":"no module","stackTrace":["    at load (/var/task/index.js:9:3)"]}}`,
    ID,
    'ImportModuleError',
    'no module',
    'at load (/var/task/index.js:9:3)',
  ],
  [
    'Node 8, thrown Error',
    `2018-05-17T06:46:28.161Z\t${ID}\tTypeError: Cannot read property 'a' of undefined\n    at exports.handler (/var/task/index.js:9:3)\n`,
    ID,
    'TypeError',
    "Cannot read property 'a' of undefined",
    'at exports.handler (/var/task/index.js:9:3)',
  ],
  [
    'Node 6, error as JSON',
    `2017-05-17T06:46:28.161Z\t${ID}\t{"errorMessage":"boom","errorType":"Error","stackTrace":["exports.handler (/var/task/index.js:2:9)"]}`,
    ID,
    'Error',
    'boom',
    'exports.handler (/var/task/index.js:2:9)',
  ],
  [
    'Python 3.8 and newer',
    `[ERROR] KeyError: 'order'\rTraceback (most recent call last):\r${NBSP}${NBSP}File "/var/runtime/bootstrap.py", line 1, in run\r${NBSP}${NBSP}File "/var/task/app.py", line 7, in handler\r${NBSP}${NBSP}${NBSP}${NBSP}return event['order']`,
    null,
    'KeyError',
    "'order'",
    'File "/var/task/app.py", line 7, in handler',
  ],
  [
    'Python, import error without frames',
    "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'daily'\nTraceback (most recent call last):",
    null,
    'Runtime.ImportModuleError',
    "Unable to import module 'app': No module named 'daily'",
    null,
  ],
  [
    'Python, exception without a message',
    '[ERROR] AssertionError\nTraceback (most recent call last):\n  File "/var/task/app.py", line 3, in handler',
    null,
    'AssertionError',
    null,
    'File "/var/task/app.py", line 3, in handler',
  ],
  [
    'Python 3.7 and older',
    "'order': KeyError\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 7, in handler\n    return event['order']\nKeyError: 'order'\n",
    null,
    'KeyError',
    "'order'",
    'File "/var/task/app.py", line 7, in handler',
  ],
  [
    'Python, JSON format',
    `{"timestamp":"2026-11-26T08:00:00Z","log_level":"ERROR","errorMessage":"'order'","errorType":"KeyError","requestId":"${ID}","stackTrace":["  File \\"/var/task/app.py\\", line 7, in handler\\n"]}`,
    ID,
    'KeyError',
    "'order'",
    'File "/var/task/app.py", line 7, in handler',
  ],
  [
    'Java',
    'no such order: java.lang.IllegalStateException\njava.lang.IllegalStateException: no such order\n\tat com.shop.Handler.handle(Handler.java:20)\n\tat java.base/jdk.internal.reflect.Method.invoke(Unknown Source)\nCaused by: java.io.IOException: reset\n',
    null,
    'java.lang.IllegalStateException',
    'no such order',
    'at com.shop.Handler.handle(Handler.java:20)',
  ],
  [
    'Java, a message that begins with a digit',
    '3 errors: java.lang.IllegalStateException\njava.lang.IllegalStateException: 3 errors\n\tat com.shop.Handler.handle(Handler.java:20)\n',
    null,
    'java.lang.IllegalStateException',
    '3 errors',
    'at com.shop.Handler.handle(Handler.java:20)',
  ],
  [
    'Python 3.7 and older, a message that begins with a digit',
    '3 errors: ValueError\nTraceback (most recent call last):\n  File "/var/task/app.py", line 7, in handler\n',
    null,
    'ValueError',
    '3 errors',
    'File "/var/task/app.py", line 7, in handler',
  ],
  [
    'Java, class cannot be loaded',
    'Error loading class com.shop.Handler: java.lang.ClassNotFoundException\n',
    null,
    'java.lang.ClassNotFoundException',
    'Error loading com.shop.Handler',
    null,
  ],
  [
    '.NET',
    `2026-11-26T08:00:00.009Z\t${ID}\tfail\tSystem.NullReferenceException: Object reference not set\n   at Shop.Function.Handle(Order o) in /src/Function.cs:line 20\n`,
    ID,
    'System.NullReferenceException',
    'Object reference not set',
    'at Shop.Function.Handle(Order o) in /src/Function.cs:line 20',
  ],
  ['Go, returned error', 'order not found: errorString\n', null, 'errorString', 'order not found', null],
  ['Go 1.x, returned error', 'order not found: errorString\nnull', null, 'errorString', 'order not found', null],
  [
    'Go 1.x, returned error of the AWS SDK',
    'NoSuchKey: no key\n\tstatus code: 404, request id: 7: requestError\nnull\n',
    null,
    'requestError',
    'NoSuchKey: no key\n status code: 404, request id: 7',
    null,
  ],
  ['Go 1.x, copied from the console', 'BAD REQUEST: errorString null', null, 'errorString', 'BAD REQUEST', null],
  [
    'Go, panic with frames',
    'index out of range: boundsError\n[{"path":"github.com/shop/main.go","line":20,"label":"main.handler"}]',
    null,
    'boundsError',
    'index out of range',
    'main.handler (github.com/shop/main.go:20)',
  ],
  [
    'Go, panic as JSON',
    '{"errorMessage":"no stock","errorType":"errorString","stackTrace":[{"path":"github.com/shop/main.go","line":20,"label":"handler"},{"line":3}]}',
    null,
    'errorString',
    'no stock',
    'handler (github.com/shop/main.go:20)',
  ],
  [
    'Go, panic on standard error',
    'panic: assignment to entry in nil map',
    null,
    'panic',
    'assignment to entry in nil map',
    null,
  ],
  [
    'Go, provided runtime',
    '2026/11/26 08:00:00 {"errorMessage":"order not found","errorType":"errorString"}',
    null,
    'errorString',
    'order not found',
    null,
  ],
  [
    'Ruby',
    'Critical exception from handler\n{\n  "errorMessage": "undefined method `id\' for nil",\n  "errorType": "Function<NoMethodError>",\n  "stackTrace": ["/var/task/app.rb:3:in `handler\'"]\n}',
    null,
    'NoMethodError',
    "undefined method `id' for nil",
    "/var/task/app.rb:3:in `handler'",
  ],
  [
    'Rust before 1.73',
    "thread 'main' panicked at 'no such order', src/main.rs:20:5",
    null,
    'panic',
    'no such order',
    'src/main.rs:20:5',
  ],
  [
    'Rust since 1.73',
    "thread 'tokio-runtime-worker' panicked at src/main.rs:20:5:\nno such order\nnote: run with `RUST_BACKTRACE=1`",
    null,
    'panic',
    'no such order',
    'src/main.rs:20:5',
  ],
  [
    'a custom runtime',
    `${ID}\tInvoke Error\t{"errorType":"Exception","errorMessage":"no route","stack":["#0 /var/task/index.php(9)"]}`,
    ID,
    'Exception',
    'no route',
    '#0 /var/task/index.php(9)',
  ],
  [
    'cut off by a size limit',
    `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"too \\"long\\"","stack":["Err`,
    ID,
    'Error',
    'too "long"',
    null,
  ],
  [
    'Node, ES module whose package is missing',
    `2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"Cannot find package 'pg' imported from /var/task/index.mjs","code":"ERR_MODULE_NOT_FOUND","stack":["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'pg' imported from /var/task/index.mjs"]}`,
    null,
    'Error',
    "Cannot find package 'pg' imported from /var/task/index.mjs",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'pg' imported from /var/task/index.mjs",
  ],
  [
    'Node, syntax error',
    `2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.UserCodeSyntaxError","errorMessage":"SyntaxError: Unexpected token '}'","stack":["Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token '}'","    at _loadUserApp (/var/runtime/UserFunction.js:98:13)"]}`,
    null,
    'Runtime.UserCodeSyntaxError',
    "SyntaxError: Unexpected token '}'",
    'at _loadUserApp (/var/runtime/UserFunction.js:98:13)',
  ],
  [
    'Node, handler not found',
    `2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.HandlerNotFound","errorMessage":"index.run is undefined or not exported","stack":["Runtime.HandlerNotFound: index.run is undefined or not exported","    at load (/var/runtime/UserFunction.js:144:11)"]}`,
    null,
    'Runtime.HandlerNotFound',
    'index.run is undefined or not exported',
    'at load (/var/runtime/UserFunction.js:144:11)',
  ],
  [
    'Node, JSON format, rejection nobody handled',
    `{"timestamp":"2026-11-26T08:00:00.009Z","level":"ERROR","requestId":"${ID}","message":{"errorType":"UnhandledPromiseRejection","errorMessage":"Error: late","stackTrace":["    at late (/var/task/index.js:4:1)"]}}`,
    ID,
    'UnhandledPromiseRejection',
    'Error: late',
    'at late (/var/task/index.js:4:1)',
  ],
  [
    'Python, handler not found',
    "[ERROR] Runtime.HandlerNotFound: Handler 'run' missing on module 'app'\nTraceback (most recent call last):",
    null,
    'Runtime.HandlerNotFound',
    "Handler 'run' missing on module 'app'",
    null,
  ],
  [
    'Python, syntax error',
    '[ERROR] Runtime.UserCodeSyntaxError: Syntax error in module \'app\': invalid syntax (app.py, line 3)\rTraceback (most recent call last):\r\u00a0\u00a0File "/var/task/app.py" Line 3',
    null,
    'Runtime.UserCodeSyntaxError',
    "Syntax error in module 'app': invalid syntax (app.py, line 3)",
    'File "/var/task/app.py" Line 3',
  ],
  [
    'Python, JSON format with level, import error',
    `{"timestamp":"2026-11-26T08:00:00Z","level":"ERROR","errorMessage":"Unable to import module 'app': No module named 'pg'","errorType":"Runtime.ImportModuleError","requestId":"","stackTrace":[]}`,
    null,
    'Runtime.ImportModuleError',
    "Unable to import module 'app': No module named 'pg'",
    null,
  ],
  [
    'Java, out of memory',
    'Java heap space: java.lang.OutOfMemoryError\njava.lang.OutOfMemoryError: Java heap space\n\tat com.shop.Cache.fill(Cache.java:12)\n',
    null,
    'java.lang.OutOfMemoryError',
    'Java heap space',
    'at com.shop.Cache.fill(Cache.java:12)',
  ],
  [
    'Ruby, handler cannot be loaded',
    'Init error when loading handler app.handler\n{\n  "errorMessage": "cannot load such file -- pg",\n  "errorType": "Init<LoadError>",\n  "stackTrace": []\n}',
    null,
    'LoadError',
    'cannot load such file -- pg',
    null,
  ],
  ['Go, wrapped error', 'load order: no rows: wrapError\n', null, 'wrapError', 'load order: no rows', null],
  [
    'Go, bare JSON',
    '{"errorMessage":"order not found","errorType":"errorString"}',
    null,
    'errorString',
    'order not found',
    null,
  ],
  [
    '.NET, inner exception',
    `2026-11-26T08:00:00.009Z\t${ID}\tfail\tSystem.AggregateException: One or more errors occurred. (no stock)\n ---> System.InvalidOperationException: no stock\n   at Shop.Stock.Take() in /src/Stock.cs:line 8\n   --- End of inner exception stack trace ---\n   at Shop.Function.Handle(Order o) in /src/Function.cs:line 20\n`,
    ID,
    'System.AggregateException',
    'One or more errors occurred. (no stock)',
    'at Shop.Stock.Take() in /src/Stock.cs:line 8',
  ],
  [
    '.NET, JSON format: the runtime gives no message',
    `{"timestamp":"2026-11-26T08:00:00.009Z","level":"Error","requestId":"${ID}","traceId":"1-6565-ab","message":null,"errorType":"System.ApplicationException","errorMessage":"no such order","stackTrace":["System.ApplicationException: no such order","at Shop.Function.Handle(Order o) in /src/Function.cs:line 20"]}`,
    ID,
    'System.ApplicationException',
    'no such order',
    'at Shop.Function.Handle(Order o) in /src/Function.cs:line 20',
  ],
  [
    '.NET, JSON format, inner exception',
    `{"timestamp":"2026-11-26T08:00:00.009Z","level":"Error","requestId":"${ID}","message":null,"errorType":"System.AggregateException","errorMessage":"One or more errors occurred. (no stock)","stackTrace":["System.AggregateException: One or more errors occurred. (no stock)","---> System.Exception: no stock","at Shop.Stock.Take() in /src/Stock.cs:line 8","--- End of inner exception stack trace ---","at Shop.Function.Handle() in /src/Function.cs:line 20"]}`,
    ID,
    'System.AggregateException',
    'One or more errors occurred. (no stock)',
    'at Shop.Stock.Take() in /src/Stock.cs:line 8',
  ],
  [
    'Java, JSON format',
    `{"timestamp":"2026-11-26T08:00:00.009Z","message":"no such order: java.lang.IllegalStateException\\njava.lang.IllegalStateException: no such order\\n\\tat com.shop.Handler.handle(Handler.java:20)\\nCaused by: java.io.IOException: reset\\n\\tat com.shop.Socket.read(Socket.java:3)\\n","level":"ERROR","AWSRequestId":"${ID}"}`,
    ID,
    'java.lang.IllegalStateException',
    'no such order',
    'at com.shop.Handler.handle(Handler.java:20)',
  ],
  [
    'Java, JSON format, class cannot be loaded',
    '{"timestamp":"2026-11-26T08:00:00.009Z","message":"Error loading class com.shop.Handler: java.lang.ClassNotFoundException\\n","level":"ERROR"}',
    null,
    'java.lang.ClassNotFoundException',
    'Error loading com.shop.Handler',
    null,
  ],
  [
    'Python 3.7 and older, raised while another exception was handled',
    "'order': KeyError\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 5, in handler\n    price[0]\nIndexError: list index out of range\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 7, in handler\n    return event['order']\nKeyError: 'order'\n",
    null,
    'KeyError',
    "'order'",
    'File "/var/task/app.py", line 7, in handler',
  ],
  [
    'Node, CommonJS module that is missing',
    `2026-11-26T08:00:00.009Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'pg'\\nRequire stack:\\n- /var/task/app.js","stack":["Runtime.ImportModuleError: Error: Cannot find module 'pg'","Require stack:","- /var/task/app.js","    at _loadUserApp (file:///var/runtime/index.mjs:1087:17)"]}`,
    null,
    'Runtime.ImportModuleError',
    "Error: Cannot find module 'pg'\nRequire stack:\n- /var/task/app.js",
    'at _loadUserApp (file:///var/runtime/index.mjs:1087:17)',
  ],
  [
    'Rust, JSON record of the runtime crate',
    `{"timestamp":"2026-11-26T08:00:00Z","level":"ERROR","fields":{"error":"no such order"},"target":"lambda_runtime::layers","span":{"requestId":"${ID}","name":"Lambda runtime invoke"}}`,
    ID,
    null,
    'no such order',
    null,
  ],
];

describe('a failure that a runtime reports is read', () => {
  test.each(FAILED)('%s', (_form, line, requestId, errorType, errorMessage, frame) => {
    expect(parseRuntimeError(line)).toMatchObject({ requestId, errorType, errorMessage });
    expect(parseRuntimeError(line)?.stack[0] ?? null).toBe(frame);
  });
});

test('frames in the JSON format of Python begin with the innermost call, as in its text format', () => {
  const stackTrace = [
    '  File "/var/task/app.py", line 7, in handler\n    return load(event)\n',
    '  File "/var/task/orders.py", line 3, in load\n    return event["order"]\n',
  ];
  const line = JSON.stringify({
    log_level: 'ERROR',
    errorMessage: "'order'",
    errorType: 'KeyError',
    requestId: ID,
    stackTrace,
  });
  expect(parseRuntimeError(line)?.stack).toEqual([
    'File "/var/task/orders.py", line 3, in load',
    'File "/var/task/app.py", line 7, in handler',
  ]);
});

describe('of a long stack', () => {
  const library = Array.from({ length: 20 }, (_, at) => `    at f${at} (/var/task/node_modules/a/b.js:${at}:1)`);
  const stackOf = (stack: readonly string[]): readonly string[] =>
    parseRuntimeError(
      `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'Error', errorMessage: 'x', stack })}`,
    )?.stack ?? [];

  test('the first frame of the function itself is kept', () => {
    const stack = stackOf([...library, '    at load (/var/task/app.js:1:1)', '    at run (/var/task/app.js:2:1)']);
    expect(stack).toHaveLength(8);
    expect([stack[6], stack[7]]).toEqual([
      'at f6 (/var/task/node_modules/a/b.js:6:1)',
      'at load (/var/task/app.js:1:1)',
    ]);
  });

  test('the first eight are kept where one of them is its own, or none is', () => {
    const own = ['    at load (/var/task/app.js:1:1)', ...library, '    at run (/var/task/app.js:2:1)'];
    expect(stackOf(own).at(-1)).toBe('at f6 (/var/task/node_modules/a/b.js:6:1)');
    expect(stackOf(library).at(-1)).toBe('at f7 (/var/task/node_modules/a/b.js:7:1)');
  });
});

test('texts are bounded and carry no control or direction characters', () => {
  const message = `\u001b[31m${'x'.repeat(5000)}\u202e`;
  const stack = Array.from({ length: 50 }, (_, at) => `    at f${at} (/var/task/${'y'.repeat(500)}.js:1:1)`);
  const line = `2026-11-26T08:00:00.009Z\t${ID}\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'E\u0007rror', errorMessage: message, stack })}`;
  const error = parseRuntimeError(line);
  expect(error?.errorType).toBe('E rror');
  expect(error?.errorMessage?.length).toBeLessThanOrEqual(1024);
  expect(error?.stack).toHaveLength(8);
  expect(Math.max(...(error?.stack ?? []).map((frame) => frame.length))).toBeLessThanOrEqual(160);
  expect(JSON.stringify(error)).not.toMatch(/\\u00(?:0|1|7f)|\u202e/);
});

test('any text is read without an exception', () => {
  law(
    fc.property(fc.string({ maxLength: 300 }), fc.constantFrom(...FAILED), fc.nat(200), (noise, [, line], at) => {
      expect(() => parseRuntimeError(line.slice(0, at) + noise + line.slice(at))).not.toThrow();
    }),
  );
});

test.each([
  ['panic: x', 'panic'],
  [': aError', 'aError'],
])('the shortest errors, of eight characters: %s', (line, type) => {
  expect(line).toHaveLength(8);
  expect(parseRuntimeError(line)?.errorType).toBe(type);
  expect(parseRuntimeError(line.slice(0, 7))).toBeNull();
});
