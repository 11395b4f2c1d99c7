/** What {@link parseRuntimeError} must not take for a failed invocation. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { parseRuntimeError } from './runtime-error.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';

/** What applications log about errors that they handled. */
const HANDLED: readonly (readonly [form: string, line: string])[] = [
  ['Node console.error', `2026-11-26T08:00:01.009Z\t${ID}\tERROR\tpayment declined by the bank, asked again later\n`],
  [
    'Node console.error of an Error',
    `2026-11-26T08:00:01.009Z\t${ID}\tERROR\tError: declined\n    at pay (/var/task/index.js:3:1)`,
  ],
  ['Node, text that quotes the words', `2026-11-26T08:00:01.009Z\t${ID}\tINFO\tInvoke Error \t{"errorType":"Error"}`],
  ['Python logging', `[ERROR]\t2026-11-26T08:00:01.009Z\t${ID}\tpayment declined\n`],
  [
    'Python logging.exception',
    `[ERROR]\t2026-11-26T08:00:01.009Z\t${ID}\tdeclined\nTraceback (most recent call last):\n  File "/var/task/app.py", line 7, in pay\nKeyError: 'order'`,
  ],
  ['Python print with a level', '[ERROR] could not reach the bank'],
  [
    'Java logger with an exception',
    '2026-11-26 08:00:01 ERROR Handler:20 - declined\njava.lang.IllegalStateException: declined\n\tat com.shop.Handler.pay(Handler.java:30)\n',
  ],
  ['Java printStackTrace', 'java.lang.IllegalStateException: declined\n\tat com.shop.Handler.pay(Handler.java:30)\n'],
  [
    '.NET logger with its own message',
    `2026-11-26T08:00:01.009Z\t${ID}\tfail\tPayment was declined\nSystem.Exception: declined\n   at Shop.Pay() in /src/Pay.cs:line 3`,
  ],
  [
    'Powertools JSON',
    `{"level":"ERROR","location":"pay:7","message":"declined","timestamp":"2026-11-26T08:00:01Z","service":"shop","function_request_id":"${ID}","exception_name":"KeyError"}`,
  ],
  [
    'Node JSON console.error of an Error',
    `{"timestamp":"2026-11-26T08:00:01.009Z","level":"ERROR","requestId":"${ID}","errorType":"Error","errorMessage":"declined","stackTrace":[],"message":"pay failed"}`,
  ],
  [
    'Python JSON logging.exception',
    `{"timestamp":"2026-11-26T08:00:01Z","level":"ERROR","message":"declined","logger":"root","requestId":"${ID}","errorType":"KeyError","errorMessage":"'order'","stackTrace":[]}`,
  ],
  ["an application's own JSON", '{"errorCode":"E12","error":"declined"}'],
  [
    '.NET JSON logger with an exception and its own message',
    `{"timestamp":"2026-11-26T08:00:01.009Z","level":"Error","requestId":"${ID}","message":"Payment was declined","errorType":"System.Exception","errorMessage":"declined","stackTrace":["System.Exception: declined","at Shop.Pay()"]}`,
  ],
  [
    'Java JSON logger',
    `{"timestamp":"2026-11-26T08:00:01.009Z","message":"declined: java.lang.IllegalStateException was handled","level":"ERROR","AWSRequestId":"${ID}"}`,
  ],
  [
    'Ruby JSON logger with an exception',
    `{"timestamp":"2026-11-26T08:00:01.009000Z","level":"ERROR","message":"declined","requestId":"${ID}","errorType":"RuntimeError","errorMessage":"declined","stackTrace":["/var/task/app.rb:3:in 'pay'"]}`,
  ],
  ['.NET console at level error', `2026-11-26T08:00:01.009Z\t${ID}\tfail\tbank refused, asked again later`],
  ['Go log line', '2026/11/26 08:00:01 ERROR declined: retrying'],
  ['Ruby logger', `E, [2026-11-26T08:00:01.009000 #8] ERROR -- : declined (RuntimeError)`],
  [
    'Rust tracing',
    `{"timestamp":"2026-11-26T08:00:01Z","level":"ERROR","fields":{"error":"declined"},"target":"shop::pay"}`,
  ],
  ['a sentence with a colon', 'validation finished: OK'],
  [
    'REPORT',
    `REPORT RequestId: ${ID}\tDuration: 20.00 ms\tBilled Duration: 21 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t\n`,
  ],
];

describe('an error that the application handled is not a failed invocation', () => {
  test.each(HANDLED)('%s', (_form, line) => {
    expect(parseRuntimeError(line)).toBeNull();
  });
});

test('any text is read without an exception', () => {
  law(
    fc.property(fc.string({ maxLength: 300 }), fc.constantFrom(...HANDLED), fc.nat(200), (noise, [, line], at) => {
      expect(() => parseRuntimeError(line.slice(0, at) + noise + line.slice(at))).not.toThrow();
    }),
  );
});
