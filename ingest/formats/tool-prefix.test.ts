/** Platform lines behind what other tools put around the time. The forms are those of the tools' documentation. */
import { expect, test } from 'vitest';
import type { Variant } from '../../test/support/export-forms.ts';
import { blank, expectVariant, ID, iso, REPORT, readForm, START, STREAM, T } from '../../test/support/export-forms.ts';

const two = (of: (ms: number, message: string) => string): string => `${of(T, START)}\n${of(T + 12, REPORT)}\n`;
const nanos = (ms: number): string => iso(ms).replace('Z', '000000Z');
const offset = (ms: number): string => iso(ms).replace('Z', '+0000');

const VARIANTS: readonly Variant[] = [
  ['kubectl logs --prefix --timestamps', two((ms, line) => `[pod/orders-5d9c/lambda] ${nanos(ms)} ${line}`), ''],
  ['docker compose logs --timestamps', two((ms, line) => `orders-1  | ${nanos(ms)} ${line}`), ''],
  ['docker logs --timestamps', two((ms, line) => `${nanos(ms)} ${line}`), ''],
  ['docker service logs --timestamps', two((ms, line) => `${nanos(ms)} orders.1.x7@node-1    | ${line}`), ''],
  ['stern --timestamps', two((ms, line) => `orders-5d9c-x2 lambda ${nanos(ms)} ${line}`), ''],
  ['the container runtime interface', two((ms, line) => `${nanos(ms)} stdout F ${line}`), ''],
  ['journalctl -o short-iso-precise', two((ms, line) => `${offset(ms)} ip-10-0-0-7 orders[812]: ${line}`), ''],
  ['journalctl -o short-full', two((ms, line) => `Thu ${blank(ms)} UTC ip-10-0-0-7 docker-compose[812]: ${line}`), ''],
  ['journalctl -o short-unix', two((ms, line) => `${(ms / 1000).toFixed(6)} ip-10-0-0-7 orders[812]: ${line}`), ''],
  ['syslog, RFC 5424', two((ms, line) => `<14>1 ${iso(ms)} host-7 orders 812 - - ${line}`), ''],
  ['pm2 logs --timestamp', two((ms, line) => `0|orders   | ${iso(ms)}: ${line}`), ''],
  ['zappa tail', two((ms, line) => `[${ms}] ${line}`), ''],
  ['chalice logs', two((ms, line) => `${blank(ms)}000 fde8a1 ${line}`), ''],
  ['gh run view --log', two((ms, line) => `build (20)\tTail the logs\t${nanos(ms)} ${line}`), ''],
  [
    'a tail in GitHub Actions, whose own time is later',
    two((ms, line) => `${nanos(ms + 90_000)} ${iso(ms)} ${STREAM} ${line}`),
    STREAM,
  ],
  ['sam logs under docker compose', two((ms, line) => `tail-1  | ${STREAM} ${iso(ms)} ${line}`), STREAM],
  ['GitLab CI', two((ms, line) => `${nanos(ms)} 01O ${line}`), ''],
  ['Cloud Foundry', two((ms, line) => `${offset(ms)} [APP/PROC/WEB/0] OUT ${line}`), ''],
  ['Heroku', two((ms, line) => `${iso(ms)} app[worker.1]: ${line}`), ''],
  ['Fly', two((ms, line) => `${iso(ms)} app[6e82] iad [info]${line}`), ''],
  ['grep over several files', two((ms, line) => `logs/orders.log:${iso(ms)} ${line}`), ''],
  ['grep -n over several files', two((ms, line) => `logs/orders.log:12:${iso(ms)} ${line}`), ''],
  ['grep -A, lines after a match', two((ms, line) => `logs/orders.log-13-${iso(ms)} ${line}`), ''],
  ['cat -n', two((ms, line) => `     7\t${iso(ms)} ${line}`), ''],
  ['concurrently', two((ms, line) => `[0] ${iso(ms)} ${line}`), ''],
  ['turbo', two((ms, line) => `orders:tail: ${iso(ms)} ${line}`), ''],
  ['quoted in a message', two((ms, line) => `> ${iso(ms)} ${line}`), ''],
];
test.each(VARIANTS)('%s', (_name, text, stream) => expectVariant(text, stream));

test.each([
  [
    'JSON records behind a label',
    `orders-1  | {"time":"${iso(T)}","type":"platform.start","record":{"requestId":"${ID}"}}`,
  ],
  ['a timeout behind a label', `orders-1  | ${iso(T)} ${ID} Task timed out after 3.00 seconds`],
  ['an error of Node behind a label', `[pod/o-1/lambda] ${iso(T)}\t${ID}\tERROR\tInvoke Error \t{"errorType":"E"}`],
  ['a timeout behind a host', `${iso(T + 9)} host-7 orders[812]: ${iso(T)} ${ID} Task timed out after 3.00 seconds`],
])('%s has its own time', (_name, text) => {
  const read = readForm(text);
  expect(read.reasons).toEqual([]);
  expect(read.events.map(({ timestampMs }) => timestampMs)).toEqual([T]);
  expect(read.events[0]?.message).toMatch(/^(?:\{"time|2026-)/);
});

test('lines of one message keep together without their label', () => {
  const text = [
    `orders-1  | ${iso(T)} [ERROR] KeyError: 'order'`,
    'orders-1  | Traceback (most recent call last):',
    'orders-1  |   File "/var/task/app.py", line 7, in handler',
    `orders-1  | ${iso(T + 5)} ${REPORT}`,
  ].join('\n');
  expect(readForm(text).events.map(({ message }) => message.trim())).toEqual([
    `[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n  File "/var/task/app.py", line 7, in handler`,
    REPORT.trim(),
  ]);
});

/** A prefix that no known tool writes may be an application's: such a line is reported, neither read nor ignored. */
test.each([
  ['a word', `${iso(T)} orders ${REPORT}`, 'platform-line-behind-prefix'],
  ['a label in brackets', `${iso(T)} [orders] ${START}`, 'platform-line-behind-prefix'],
  [
    'an arrow',
    `${iso(T)} >>> INIT_START Runtime Version: nodejs:20.v9\tRuntime Version ARN: arn:x`,
    'platform-line-behind-prefix',
  ],
  [
    'an extension',
    `${iso(T)} tail: EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE]`,
    'platform-line-behind-prefix',
  ],
  ['the level of a logger', `[INFO] ${iso(T)} ${REPORT}`, 'platform-line-behind-prefix'],
  ['syslog without a year', `Nov 26 10:00:01 host-7 orders[812]: ${START}`, 'time-incomplete'],
  ['cdk watch', `[orders] 10:00:01 AM ${START}`, 'time-incomplete'],
  ['docker compose without times', `orders-1  | ${START}`, 'line-without-time'],
  ['copilot svc logs', `copilot/orders/1a2b3c ${REPORT}`, 'line-without-time'],
])('%s is reported', (_name, text, reason) => {
  const read = readForm(text);
  expect(read.events).toEqual([]);
  expect(read.reasons).toEqual([reason]);
  // And not attached to the line before it.
  const after = readForm(`${iso(T)}\t${ID}\tINFO\tapp\n${text}`);
  expect(after.reasons).toEqual([reason]);
  expect(after.events.map(({ message }) => message)).toEqual([`${iso(T)}\t${ID}\tINFO\tapp`]);
});

/** Lines of an application that quotes platform lines of another function. */
test.each([
  ['Node', `${iso(T)}\t${ID}\tINFO\tREPORT RequestId: x Duration: 1 ms`],
  ['Python', `${iso(T)} [INFO]\t${iso(T)}\t${ID}\t${REPORT}`],
  ['Log4j', `${blank(T)} ${ID} INFO  Handler - ${REPORT}`],
  ['JSON', `${iso(T)} {"level":"INFO","message":"${START}"}`],
  ['quotes', `${iso(T)} got "${START}"`],
  ['a key', `${iso(T)} line=${START}`],
])('%s: a quoted platform line stays the application’s', (_name, text) => {
  const read = readForm(text);
  expect(read.reasons).toEqual([]);
  expect(read.events.length).toBe(1);
  expect(read.events[0]?.message).not.toMatch(/^(?:START|REPORT)/);
});
