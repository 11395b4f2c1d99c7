/**
 * Planted truth: 200 distinct faults in eight runtimes, each in six lines with other values, versions of the runtime, log format and
 * line numbers. Lines are written from the documentation of the runtimes and languages (formats of stacks and log records), not from
 * what the fingerprint does; which lines are one fault follows from how they are planted.
 */
import { expect, test } from 'vitest';
import { parseRuntimeError } from '../../../ingest/lines/runtime-error.ts';
import { Random } from '../../../ingest/records/random.ts';
import { errorIdentity, fingerprintOf } from './fingerprint.ts';

const FAULTS = 200;
const LINES = 6;
const NBSP = '\u00a0';

/** Messages with places for values, each as an application would write it. */
const MESSAGES: readonly (readonly [type: string, message: string])[] = [
  ['NotFound', 'order {n} not found'],
  ['NotFound', 'no customer with id {id}'],
  ['Validation', 'invalid quantity {n} for item {id}'],
  ['Validation', "field 'email' has invalid value '{text}'"],
  ['Validation', 'Unexpected token {char} in JSON at position {n}'],
  ['Timeout', 'request to https://api.partner.example/v{digit}/items/{n} timed out after {n}ms'],
  ['Timeout', 'no response within {n} ms from {host}:{port}'],
  ['Connection', 'connect ECONNREFUSED {ip}:{port}'],
  ['Connection', 'read ECONNRESET on socket {n}'],
  ['Connection', 'could not translate host name "{host}" to address'],
  ['Conflict', 'duplicate key value violates unique constraint "orders_pkey" Detail: Key (id)=({n}) already exists.'],
  ['Conflict', 'version mismatch: expected {n}, found {n}'],
  ['Access', 'User: arn:aws:sts::{account}:assumed-role/app/{id} is not authorized to perform: s3:GetObject'],
  ['Access', 'token {hex} expired at {time}'],
  ['Storage', 'The specified key does not exist: uploads/{uuid}.csv'],
  ['Storage', "ENOENT: no such file or directory, open '/tmp/{hex}/part-{n}.bin'"],
  ['Limit', 'Rate exceeded: {n} requests per second for account {account}'],
  ['Limit', 'payload of {n} bytes exceeds the limit of {n} bytes'],
  ['State', 'cannot ship order {id} in state "{text}"'],
  ['State', 'lease {uuid} is held by worker-{n} until {time}'],
  // As databases, queues and clients document them.
  [
    'Client',
    'An error occurred (ThrottlingException) when calling the Query operation (reached max retries: {digit}): Rate exceeded',
  ],
  ['Client', 'Cannot deserialize value of type `java.time.LocalDate` from String "{text}": Failed to deserialize'],
  ['Client', 'invalid input syntax for type integer: "{text}"'],
  ['Client', 'strconv.Atoi: parsing "{text}": invalid syntax'],
  ['Network', 'dial tcp {ip}:{port}: i/o timeout'],
  [
    'Network',
    'Get "https://{host}/v1/items/{id}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  ['Network', '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED {ip}:{port} ({time})'],
  ['Store', 'MOVED {n} {ip}:{port}'],
  ['Store', 'E11000 duplicate key error collection: shop.orders index: _id_ dup key: { _id: "{id}" }'],
  ['Store', "Duplicate entry '{text}' for key 'PRIMARY'"],
  ['Store', 'Lock wait timeout exceeded; try restarting transaction'],
  [
    'Object',
    'Not Found (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: {request}; S3 Extended Request ID: {base64}; Proxy: null)',
  ],
  ['Queue', 'Topic orders-{n} not present in metadata after {n} ms.'],
  [
    'Queue',
    'Task {uuid} rejected from java.util.concurrent.ThreadPoolExecutor@{short}[Running, pool size = {n}, active threads = {n}, queued tasks = {n}]',
  ],
  ['Signature', 'signature {base64} does not match for key {access}'],
  ['Body', 'body {"id":{n},"name":"{text}","tags":[{n},{n}]} has no field total'],
  ['Schema', '{n} validation errors for Order'],
  ['Schema', 'value -{n}.{n} is out of range [{n}, {n}] for column price_{digit}'],
  ['Mail', 'mailbox {mail} is unavailable ({n} {digit}.{digit}.{digit})'],
  // A value that nothing sets apart from the sentence.
  ['Mail', 'no permission for user {word}'],
];

/** Functions in which faults are planted: a part of the code and a name. */
const PLACES = [
  'orders',
  'carts',
  'payments',
  'stock',
  'mail',
  'search',
  'users',
  'prices',
  'reports',
  'sync',
] as const;
const NAMES = ['load', 'save', 'check', 'send', 'parse', 'apply', 'merge', 'close'] as const;

interface Values {
  readonly random: Random;
  readonly line: number;
  readonly isJson: boolean;
  readonly isNew: boolean;
}

interface Planted {
  readonly type: string;
  readonly message: string;
  readonly place: string;
  readonly name: string;
}

function integer(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[integer(random, items.length)] as T;
}

function text(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[integer(random, alphabet.length)]).join('');
}

const HEX = '0123456789abcdef';
const WORDS = 'abcdefghijklmnopqrstuvwxyz';
const ID = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A value of each kind, as long and as varied as such values are. */
function sample(kind: string, random: Random): string {
  switch (kind) {
    case 'n':
      return String(integer(random, 10 ** (1 + integer(random, 9))));
    case 'digit':
      return String(integer(random, 9));
    case 'id':
      return `${pick(random, ['cus', 'ord', 'itm'])}_${text(random, ID, 14)}`;
    case 'hex':
      return text(random, HEX, 24);
    case 'uuid':
      return [8, 4, 4, 4, 12].map((length) => text(random, HEX, length)).join('-');
    case 'ip':
      return [10, integer(random, 256), integer(random, 256), integer(random, 256)].join('.');
    case 'request':
      return text(random, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 16);
    case 'short':
      return text(random, HEX, 8);
    case 'access':
      return `AKIA${text(random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`;
    case 'base64':
      return `${text(random, `${ID}+/`, 43)}=`;
    case 'mail':
      return `${text(random, WORDS, 6)}.${text(random, WORDS, 5)}@${text(random, WORDS, 7)}.example`;
    case 'word':
      return text(random, WORDS, 3 + integer(random, 9));
    case 'char':
      return pick(random, [...'<abcdefnortu#%&-+1']);
    case 'port':
      return String(1024 + integer(random, 60_000));
    case 'host':
      return `db-${integer(random, 99)}.${text(random, WORDS, 6)}.internal`;
    case 'account':
      return text(random, '0123456789', 12);
    case 'time':
      return new Date(Date.UTC(2026, 10, 1) + integer(random, 2_000_000_000)).toISOString();
    default:
      return text(random, `${WORDS}  -.`, 4 + integer(random, 20)).trim();
  }
}

function filled(message: string, random: Random): string {
  return message.replaceAll(/\{(\w+)\}/g, (_, kind: string) => sample(kind, random));
}

const requestId = (random: Random): string => sample('uuid', random);
const at = (random: Random): string => sample('time', random);

/** One line of each runtime in both of its log formats, after its documentation. */
const RUNTIMES: readonly ((fault: Planted, values: Values) => string)[] = [
  // Node.js: https://nodejs.org/api/errors.html#errorstack; records of aws-lambda-nodejs-runtime-interface-client.
  ({ type, message, place, name }, { random, line, isJson, isNew }) => {
    const errorMessage = filled(message, random);
    const own = isNew ? `file:///var/task/src/${place}.js` : `/var/task/src/${place}.js`;
    const frames = [
      `    at Array.map (<anonymous>)`,
      `    at ${name} (${own}:${line}:${1 + integer(random, 80)})`,
      isNew
        ? `    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)`
        : `    at Runtime.handleOnce (/var/runtime/Runtime.js:66:25)`,
    ];
    const errorType = `${type}Error`;
    return isJson
      ? JSON.stringify({
          timestamp: at(random),
          level: 'ERROR',
          requestId: requestId(random),
          message: { errorType, errorMessage, stackTrace: frames },
        })
      : `${at(random)}\t${requestId(random)}\tERROR\tInvoke Error \t${JSON.stringify({ errorType, errorMessage, stack: [`${errorType}: ${errorMessage}`, ...frames] })}`;
  },
  // Python: https://docs.python.org/3/library/traceback.html; records of awslambdaric.
  ({ type, message, place, name }, { random, line, isJson }) => {
    const errorMessage = filled(message, random);
    const frames = [
      ['/var/task/app.py', 7, 'handler'],
      [`/var/task/${place}.py`, line, name],
      ['/var/lang/lib/python3.12/json/decoder.py', 338, 'decode'],
    ] as const;
    return isJson
      ? JSON.stringify({
          timestamp: at(random),
          log_level: 'ERROR',
          errorMessage,
          errorType: `${type}Error`,
          requestId: requestId(random),
          stackTrace: frames.map(([file, number, own]) => `  File "${file}", line ${number}, in ${own}\n    run()\n`),
        })
      : `[ERROR] ${type}Error: ${errorMessage}\rTraceback (most recent call last):${frames.map(([file, number, own]) => `\r${NBSP}${NBSP}File "${file}", line ${number}, in ${own}\r${NBSP.repeat(4)}run()`).join('')}`;
  },
  // Java: Throwable.printStackTrace; records of aws-lambda-java-libs.
  ({ type, message, place, name }, { random, line, isJson, isNew }) => {
    const errorMessage = filled(message, random);
    const errorType = `com.shop.${type}Exception`;
    const reflect = isNew
      ? 'java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)'
      : 'java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)';
    const frames = [
      'java.base/java.util.Optional.orElseThrow(Optional.java:408)',
      `com.shop.${place}.Service.${name}(Service.java:${line})`,
      'com.shop.Handler.handleRequest(Handler.java:31)',
      reflect,
    ];
    const printed = `${errorMessage}: ${errorType}\n${errorType}: ${errorMessage}\n${frames.map((frame) => `\tat ${frame}\n`).join('')}`;
    return isJson
      ? JSON.stringify({ timestamp: at(random), message: printed, level: 'ERROR', AWSRequestId: requestId(random) })
      : printed;
  },
  // Ruby: Exception#backtrace, before and since 3.4; records of aws-lambda-ruby-runtime-interface-client.
  ({ type, message, place, name }, { random, line, isNew }) =>
    `${isNew ? 'Critical exception from handler' : 'Error raised from handler method'}\n${JSON.stringify({
      errorMessage: filled(message, random),
      errorType: `Function<${type}Error>`,
      stackTrace: [
        `/var/lang/lib/ruby/gems/3.2.0/gems/faraday-2.7/lib/faraday.rb:9:in ${isNew ? `'Faraday.get'` : "`get'"}`,
        `/var/task/lib/${place}.rb:${line}:in ${isNew ? `'Shop::Service#${name}'` : `\`${name}'`}`,
        `/var/task/app.rb:3:in ${isNew ? `'Object#handler'` : "`handler'"}`,
      ],
    })}`,
  // Go: runtime.Callers as aws-lambda-go prints it (path, line, label of each frame).
  ({ type, message, place, name }, { random, line }) =>
    `${filled(message, random)}: ${type}Error\n${JSON.stringify([
      { path: 'github.com/aws/aws-lambda-go@v1.47.0/lambda/errors.go', line: 39, label: 'lambdaPanicResponse' },
      { path: 'runtime/panic.go', line: 770, label: 'gopanic' },
      { path: `github.com/shop/api/${place}/service.go`, line, label: `(*Service).${name}` },
    ])}`,
  // .NET: Exception.ToString; records of Amazon.Lambda.RuntimeSupport.
  ({ type, message, place, name }, { random, line, isJson, isNew }) => {
    const errorMessage = filled(message, random);
    const errorType = `Shop.${type}Exception`;
    const method = isNew
      ? `Shop.${place}.Service.${name}(Int64 id)`
      : `Shop.${place}.Service.<${name}>d__${line}.MoveNext()`;
    const frames = [
      'at System.Linq.Enumerable.Single[TSource](IEnumerable`1 source)',
      `at ${method} in /build/${text(random, HEX, 8)}/Service.cs:line ${line}`,
      'at Shop.Function.Handle(Request r) in /src/Function.cs:line 20',
    ];
    return isJson
      ? JSON.stringify({
          timestamp: at(random),
          level: 'Error',
          requestId: requestId(random),
          traceId: '1-6565-ab',
          message: null,
          errorType,
          errorMessage,
          stackTrace: [`${errorType}: ${errorMessage}`, ...frames],
        })
      : `${at(random)}\t${requestId(random)}\tfail\t${errorType}: ${errorMessage}\n${frames.map((frame) => `   ${frame}\n`).join('')}`;
  },
  // Rust: the default panic hook, before and since 1.73. A panic has no type; its place is a file.
  ({ message, place }, { random, line, isNew }) => {
    const told = filled(message, random);
    return isNew
      ? `thread 'tokio-runtime-worker' panicked at src/${place}.rs:${line}:9:\n${told}\nnote: run with \`RUST_BACKTRACE=1\``
      : `thread 'main' panicked at '${told}', src/${place}.rs:${line}:9`;
  },
  // PHP: Throwable::getTraceAsString, as bref prints it.
  ({ type, message, place, name }, { random, line }) =>
    `${requestId(random)}\tInvoke Error\t${JSON.stringify({
      errorType: `Shop\\${type}Exception`,
      errorMessage: filled(message, random),
      stack: [
        `#0 /var/task/vendor/guzzlehttp/guzzle/src/Client.php(${line}): request()`,
        `#1 /var/task/src/${place}.php(${line}): Shop\\Service->${name}(${integer(random, 999)})`,
        '#2 /var/task/index.php(3): run()',
        '#3 {main}',
      ],
    })}`,
];

interface Line {
  readonly fault: number;
  readonly text: string;
}

/** Distinct faults, of which some differ in one part alone: the type, the message, the file or the function. */
function plantedFaults(random: Random): readonly (readonly [runtime: number, fault: Planted])[] {
  const faults = new Map<string, readonly [number, Planted]>();
  while (faults.size < FAULTS) {
    const runtime = integer(random, RUNTIMES.length);
    const [type, message] = pick(random, MESSAGES);
    const fault = { type, message, place: pick(random, PLACES), name: pick(random, NAMES) };
    const near: readonly Partial<Planted>[] = [
      {},
      { type: pick(random, MESSAGES)[0] },
      { message: pick(random, MESSAGES)[1] },
      { place: pick(random, PLACES) },
      { name: pick(random, NAMES) },
    ];
    for (const change of near) {
      if (faults.size >= FAULTS) break;
      const one = { ...fault, ...change };
      // A panic of Rust has neither a type nor the name of a function.
      const key =
        runtime === 6 ? [runtime, one.message, one.place] : [runtime, one.type, one.message, one.place, one.name];
      faults.set(key.join('/'), [runtime, one]);
    }
  }
  return [...faults.values()];
}

function plantedLines(random: Random): readonly Line[] {
  return plantedFaults(random).flatMap(([runtime, fault], number) =>
    Array.from({ length: LINES }, (_, nth) => ({
      fault: number,
      text:
        RUNTIMES[runtime]?.(fault, {
          random,
          line: 1 + integer(random, 500),
          isJson: nth % 2 === 1,
          isNew: nth >= LINES / 2,
        }) ?? '',
    })),
  );
}

function fingerprint(line: string): string {
  const error = parseRuntimeError(line);
  if (error === null) throw new Error(`not read: ${line}`);
  const { errorType, errorMessage: message, stack } = error;
  return fingerprintOf(errorIdentity({ status: 'error', errorType, message, stack }));
}

/** The group of a fault is the one with most of its lines; a group belongs to the fault with most of its lines. */
function judged(lines: readonly Line[]) {
  const byGroup = new Map<string, Map<number, number>>();
  const byFault = new Map<number, Map<string, number>>();
  const add = <K, L>(counts: Map<K, Map<L, number>>, key: K, other: L): void => {
    const mine = counts.get(key) ?? new Map<L, number>();
    counts.set(key, mine);
    mine.set(other, (mine.get(other) ?? 0) + 1);
  };
  const most = <L>(counts: ReadonlyMap<L, number> | undefined): L | undefined =>
    [...(counts ?? [])].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  const found = lines.map((line) => ({ ...line, group: fingerprint(line.text) }));
  for (const { fault, group } of found) {
    add(byGroup, group, fault);
    add(byFault, fault, group);
  }
  const merged = found.filter(({ fault, group }) => most(byGroup.get(group)) !== fault);
  const right = found.filter(
    ({ fault, group }) => most(byFault.get(fault)) === group && most(byGroup.get(group)) === fault,
  );
  return {
    lines: found.length,
    right: right.length,
    merged: merged.length,
    groups: byGroup.size,
  };
}

const SEEDS = [1, 2, 3, 4, 5];

test('five times 200 faults with noise are in the right groups', () => {
  const found = SEEDS.map((seed) => judged(plantedLines(new Random(seed))));
  const total = (of: 'lines' | 'right' | 'merged'): number => found.reduce((sum, one) => sum + one[of], 0);
  const percent = (n: number, of: number): string => `${((100 * n) / of).toFixed(1)} %`;
  for (const [at, { lines, right, merged, groups }] of found.entries())
    process.stdout.write(
      `error groups, seed ${SEEDS[at]}: ${lines} lines of ${FAULTS} faults in ${groups} groups, ${percent(right, lines)} right, ${percent(merged, lines)} merged wrongly\n`,
    );
  process.stdout.write(
    `error groups: ${percent(total('right'), total('lines'))} right, ${percent(total('merged'), total('lines'))} merged wrongly\n`,
  );
  expect(total('right') / total('lines')).toBeGreaterThanOrEqual(0.95);
  expect(total('merged') / total('lines')).toBeLessThanOrEqual(0.02);
});
