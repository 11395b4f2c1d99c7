import { describe, expect, test } from 'vitest';
import { ownFrame, parseStackFrame } from './stack-frame.ts';

/** Frames in the forms of the languages' documentation; file, name and owner were worked out by hand. */
const FRAMES: readonly (readonly [
  form: string,
  text: string,
  file: string | null,
  name: string | null,
  own: boolean,
])[] = [
  ['Node, function of a module', 'at load (/var/task/index.js:9:3)', 'index.js', 'load', true],
  ['Node 16, handler', '    at Runtime.exports.handler (/var/task/src/index.js:2:3)', 'src/index.js', 'handler', true],
  [
    'Node 20, handler of an ES module',
    'at Runtime.handler (file:///var/task/src/index.js:2:3)',
    'src/index.js',
    'handler',
    true,
  ],
  ['Node, method', 'at async OrderService.load (/var/task/orders.js:9:3)', 'orders.js', 'OrderService.load', true],
  ['Node, alias', 'at Object.run [as handler] (/var/task/a.js:1:1)', 'a.js', 'run', true],
  ['Node, code of a module', 'at Object.<anonymous> (/var/task/a.js:1:1)', 'a.js', null, true],
  ['Node, arrow function', 'at /var/task/a.js:1:1', 'a.js', null, true],
  ['Node, bundle with a hash', 'at load (/var/task/dist/main.3f2a9c1b77.js:1:9000)', 'dist/main.*.js', 'load', true],
  [
    'Node, folder of a release',
    'at load (/var/task/releases/20261126080000/app.js:1:1)',
    'releases/app.js',
    'load',
    true,
  ],
  ['Node, source map', 'at load (webpack://shop/./src/orders.ts:9:3)', 'src/orders.ts', 'load', true],
  ['Node, dependency', 'at get (/var/task/node_modules/axios/lib/a.js:1:1)', null, 'get', false],
  ['Node, runtime', 'at Runtime.handleOnce (/var/runtime/Runtime.js:63:25)', null, 'handleOnce', false],
  [
    'Node, internals',
    'at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    null,
    'processTicksAndRejections',
    false,
  ],
  ['Node 10, internals', 'at Module._compile (internal/modules/cjs/loader.js:776:30)', null, '_compile', false],
  ['Node, array', 'at Array.map (<anonymous>)', null, 'Array.map', false],
  ['Node, promise', 'at async Promise.all (index 0)', null, 'Promise.all', false],
  ['Node 8 as JSON', 'exports.handler (/var/task/index.js:2:9)', 'index.js', 'handler', true],
  ['Node 8 as JSON, internals', 'Module.require (module.js:353:17)', null, 'require', false],
  ['Python', 'File "/var/task/shop/app.py", line 7, in handler', 'shop/app.py', 'handler', true],
  ['Python, module', '  File "/var/task/app.py", line 3, in <module>', 'app.py', '<module>', true],
  ['Python, syntax error', 'File "/var/task/app.py" Line 3', 'app.py', null, true],
  [
    'Python, layer',
    'File "/opt/python/lib/python3.12/site-packages/x.py", line 7, in get',
    'opt/python/lib/python3.12/site-packages/x.py',
    'get',
    false,
  ],
  [
    'Python, package beside the handler',
    'File "/var/task/requests/api.py", line 7, in get',
    'requests/api.py',
    'get',
    false,
  ],
  [
    'Python, import system',
    'File "<frozen importlib._bootstrap>", line 1, in _load',
    '<frozen importlib._bootstrap>',
    '_load',
    false,
  ],
  ['Java', 'at com.shop.Handler.handle(Handler.java:20)', null, 'com.shop.Handler.handle', true],
  ['Java, lambda', 'at com.shop.Handler.lambda$handle$3(Handler.java:20)', null, 'com.shop.Handler.handle', true],
  ['Java, anonymous class', 'at com.shop.Handler$1.run(Handler.java:20)', null, 'com.shop.Handler.run', true],
  ['Java, class loader', 'at app//com.shop.Handler.handle(Handler.java:20)', null, 'com.shop.Handler.handle', true],
  [
    'Java, proxy of Spring',
    'at com.shop.Pay$$EnhancerBySpringCGLIB$$3f2a.pay(<generated>)',
    null,
    'com.shop.Pay.pay',
    true,
  ],
  ['Kotlin', 'at com.shop.HandlerKt.handle(Handler.kt:20)', null, 'com.shop.HandlerKt.handle', true],
  [
    'Java, JDK',
    'at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)',
    null,
    'jdk.internal.reflect.DirectMethodHandleAccessor.invoke',
    false,
  ],
  ['Java, framework', 'at org.springframework.web.A.b(A.java:1)', null, 'org.springframework.web.A.b', false],
  ['.NET', 'at Shop.Function.Handle(Order o) in /src/Function.cs:line 20', null, 'Shop.Function.Handle', true],
  [
    '.NET, state machine',
    'at Shop.Function.<HandleAsync>d__4.MoveNext() in C:\\src\\Function.cs:line 20',
    null,
    'Shop.Function.HandleAsync',
    true,
  ],
  ['.NET, closure', 'at Shop.Function.<>c__DisplayClass2_0.<Handle>b__0(String s)', null, 'Shop.Function.Handle', true],
  ['.NET, local function', 'at Program.<<Main>$>g__Load|0_3() in /src/Function.cs:line 72', null, 'Program.Load', true],
  [
    '.NET, base library',
    'at System.Linq.Enumerable.First[TSource](IEnumerable`1 source)',
    null,
    'System.Linq.Enumerable.First',
    false,
  ],
  ['.NET, runtime', 'at lambda_method5(Closure , Stream , Stream )', null, 'lambda_method5', false],
  ['Ruby', "/var/task/app.rb:3:in `handler'", 'app.rb', 'handler', true],
  ['Ruby 3.4', "/var/task/app.rb:3:in 'Orders::Api#handler'", 'app.rb', 'handler', true],
  ['Ruby, block', "/var/task/app.rb:3:in `block (2 levels) in load'", 'app.rb', 'load', true],
  [
    'Ruby, gem',
    "/var/task/vendor/bundle/ruby/3.2.0/gems/rack-2.2/lib/rack.rb:3:in `call'",
    'vendor/bundle/ruby/gems/rack-2.2/lib/rack.rb',
    'call',
    false,
  ],
  ['Ruby, internals', "<internal:kernel>:18:in `loop'", '<internal:kernel>', 'loop', false],
  ['Go', 'main.handler (github.com/shop/orders/main.go:20)', null, 'orders/main.handler', true],
  ['Go, closure', 'main.handler.func1 (github.com/shop/orders/main.go:20)', null, 'orders/main.handler', true],
  ['Go, method', '(*Store).Load (github.com/shop/orders/store/store.go:9)', null, 'store/(*Store).Load', true],
  ['Go, runtime', 'gopanic (runtime/panic.go:770)', null, 'runtime/gopanic', false],
  [
    'Go, Lambda',
    '(*Function).Invoke (github.com/aws/aws-lambda-go@v1.47.0/lambda/function.go:1)',
    null,
    'lambda/(*Function).Invoke',
    false,
  ],
  ['Rust', 'src/main.rs:20:5', 'src/main.rs', null, true],
  ['Rust, standard library', 'library/core/src/option.rs:20:5', 'library/core/src/option.rs', null, false],
  ['PHP', '#0 /var/task/src/Api.php(9): Shop\\Api->load(1)', 'src/Api.php', 'Shop\\Api->load', true],
  ['PHP, dependency', '#1 /var/task/vendor/bref/bref/src/A.php(9): run()', 'vendor/bref/bref/src/A.php', 'run', false],
  ['PHP, end', '#2 {main}', null, null, false],
];

test.each(FRAMES)('%s', (_, text, file, name, isOwn) => {
  expect(parseStackFrame(text)).toEqual({ file, name, isOwn });
});

test.each([
  '... 12 more',
  'Require stack:',
  '- /var/runtime/index.js',
  '--- End of inner exception stack trace ---',
  'Error: boom',
  '',
])('no frame: %s', (text) => expect(parseStackFrame(text)).toBeNull());

describe('the first own frame', () => {
  test('frames of libraries before it are skipped', () => {
    expect(
      ownFrame([
        'at get (/var/task/node_modules/a/b.js:1:1)',
        'at load (/var/task/a.js:1:1)',
        'at run (/var/task/b.js:1:1)',
      ]),
    ).toEqual({ file: 'a.js', name: 'load', isOwn: true });
  });
  test('none', () => {
    expect(ownFrame([])).toBeNull();
    expect(ownFrame(['at Array.map (<anonymous>)', 'at x'.repeat(1000)])).toBeNull();
  });
});
