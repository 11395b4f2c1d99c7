import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { LEVELS, lineLevel } from './level.ts';

const ID = '632d3270-354e-4504-96e1-e3a74218c002';

test.each([
  // Node.js, Python and .NET runtimes.
  [`2023-05-18T15:33:23.822Z\t${ID}\tINFO\thello\n`, 'info'],
  [`2023-05-18T15:33:23.822Z\tundefined\tERROR\tbefore the init ended\n`, 'error'],
  [`[WARNING]\t2023-05-18T15:33:23.822Z\t${ID}\tdisk\n`, 'warn'],
  ["[ERROR] KeyError: 'order'\nTraceback (most recent call last):", 'error'],
  [`2023-05-18T15:33:23.822Z\t${ID}\tfail\tunhandled\n`, 'error'],
  [`2023-05-18T15:33:23.822Z\t${ID}\ttrce\tentered\n`, 'trace'],
  // Powertools, pino, structlog, Google's and AWS's JSON.
  ['{"level":"CRITICAL","message":"out of stock"}', 'fatal'],
  ['{"level":30,"time":1700000000000,"msg":"listening"}', 'info'],
  ['{"level":55,"msg":"between error and fatal"}', 'error'],
  ['{"event": "order", "level": "warning"}', 'warn'],
  ['{"severity":"NOTICE","message":"x"}', 'info'],
  ['{"timestamp":"2025-10-13T19:48:06.992Z","log_level":"DEBUG"}', 'debug'],
  ['  {"message":"indented","level":"ERROR"}\n', 'error'],
  // The level of something else.
  ['{"message":"x","inner":{"level":"ERROR"}}', null],
  ['{"inner":{"level":"ERROR"},"level":"INFO"}', 'info'],
  ['{"message":"say \\"level\\":\\"ERROR\\""}', null],
  ['{"level":["ERROR"]}', null],
  ['{"level":"ERROR"', 'error'],
  ['{"level":"SHOUTING"}', null],
  ['{"level":"constructor"}', null],
  ['{"level":0}', null],
  ['{"level":70}', null],
  // ECS, Serilog, python-json-logger, Monolog (its numbers are not pino's), .NET's console, log15, OpenTelemetry, zap, java.util.logging.
  ['{"@timestamp":"2024-01-01T00:00:00Z","log.level":"error","message":"x"}', 'error'],
  ['{"@t":"2016-06-07T03:44:57Z","@l":"Error","@m":"x"}', 'error'],
  ['{"@t":"2016-06-07T03:44:57Z","@m":"of level information, which is left out"}', null],
  ['{"asctime":"x","levelname":"WARNING","message":"x"}', 'warn'],
  ['{"message":"x","context":{},"level":400,"level_name":"ERROR","channel":"app"}', 'error'],
  ['{"EventId":0,"LogLevel":"Warning","Category":"Shop","Message":"x"}', 'warn'],
  ['{"Level":"Information","MessageTemplate":"x"}', 'info'],
  ['{"lvl":"crit","msg":"x","t":"x"}', 'fatal'],
  ['{"severityNumber":17,"severityText":"ERROR","body":"x"}', 'error'],
  ['{"level":"dpanic","msg":"x"}', 'fatal'],
  ['{"level":"SEVERE","message":"x"}', 'error'],
  ['{"level":"WRN","message":"x"}', 'warn'],
  ['{"level":400,"severity":"WARN"}', 'warn'],
  // What the program says counts more than the method that it printed with.
  [`2023-05-18T15:33:23.822Z\t${ID}\tINFO\t{"level":"error","message":"x"}\n`, 'error'],
  [`2023-05-18T15:33:23.822Z\t${ID}\tWARN\t{"order":7}\n`, 'warn'],
  [`2023-05-18T15:33:23.822Z\t${ID}\tWARN\t{ level: 'error' }\n`, 'warn'],
  [`2023-05-18T15:33:23.822Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"X","level":"info"}\n`, 'error'],
  ['{"@timestamp":"2024-01-01T00:00:00Z","log":{"level":"error","logger":"app"},"message":"x"}', 'error'],
  ['{"log":"level error","stream":"stderr"}', null],
  ['{"lvl":"eror","msg":"x"}', 'error'],
  ['{"level":"\\u001b[31merror\\u001b[39m","message":"winston for terminals"}', 'error'],
  // Loggers of plain text: Log4j in the layout that AWS documents, Logback and Spring, java.util.logging.
  [`2020-08-31 20:40:17 ${ID} INFO  Handler - order 17`, 'info'],
  ['2026-11-20 10:00:00.123 ERROR 8 --- [main] com.shop.App : boom', 'error'],
  ['10:00:00.123 [main] WARN  com.shop.App - slow', 'warn'],
  ['Nov 20, 2026 10:00:00 AM com.shop.App handle\nSEVERE: boom', 'error'],
  // Python's basicConfig and its usual format; loguru.
  ['ERROR:root:boom', 'error'],
  ['2026-11-20 10:00:00,123 - shop - WARNING - slow', 'warn'],
  ['2026-11-20 10:00:00.123 | ERROR    | shop:load:12 - boom', 'error'],
  // Ruby's Logger, Rust's tracing, Go's slog and logrus, glog, Monolog's line, Serilog's console.
  ['E, [2026-11-20T10:00:00.123456 #8] ERROR -- : boom', 'error'],
  ['\u001b[2m2026-11-20T10:00:00.123456Z\u001b[0m \u001b[31mERROR\u001b[0m shop: boom', 'error'],
  ['2026/11/20 10:00:00 WARN slow order=17', 'warn'],
  ['time=2026-11-20T10:00:00.123Z level=ERROR msg="boom"', 'error'],
  ['time="2026-11-20T10:00:00Z" level=warning msg=slow', 'warn'],
  ['E1120 10:00:00.123456       8 main.go:7] boom', 'error'],
  ['[2026-11-20T10:00:00.123456+00:00] app.CRITICAL: boom {"order":17} []', 'fatal'],
  ['[10:00:00 INF] order 17', 'info'],
  ['WARN slow', 'warn'],
  // Words of a sentence, and what only looks like a time or a level.
  ['Error: boom\n    at handler (/var/task/index.js:1:1)', null],
  ['ERRORS were found', null],
  ['ERROR-rate of the shop: 3 %', null],
  ['order level=ERROR of a game', null],
  ['2026-11-20 10:00:00 the user saw an ERROR page in the shop', null],
  ['2026-11-20 order 17', null],
  ['E, [not a time', null],
  ['plain text about an ERROR', null],
  ['', null],
  ['\u0000\u202e{"level"', null],
])('%j', (message, expected) => {
  expect(lineLevel(message)).toBe(expected);
});

test('of a JSON object, the level is that of its first member that states one', () => {
  const name = fc.constantFrom('level', 'log_level', 'logLevel', 'severity', 'message', 'a"level', 'inner');
  const value = fc.oneof(
    fc.constantFrom(...LEVELS, 'WARNING', 'other', 30, 50, '"level":"error"', '{"level":"fatal"}', null, true),
    fc.record({ level: fc.constantFrom('error', 40) }),
    fc.array(fc.constantFrom('level', 1)),
  );
  const known: Readonly<Record<string, string>> = { '"WARNING"': 'warn', 30: 'info', 50: 'error' };
  law(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), fc.constantFrom(0, 1), (entries, space) => {
      const unique = new Map(entries);
      const stated = [...unique].flatMap(([key, one]) => {
        if (!['level', 'log_level', 'logLevel', 'severity'].includes(key)) return [];
        const isNamed = typeof one === 'string' && (LEVELS as readonly string[]).includes(one);
        return isNamed ? [one] : (known[JSON.stringify(one) ?? ''] ?? []);
      });
      expect(lineLevel(JSON.stringify(Object.fromEntries(unique), null, space))).toBe(stated[0] ?? null);
    }),
    { numRuns: 1000 },
  );
});

test('never throws, and does not depend on the length of a line', () => {
  law(fc.property(fc.string({ unit: 'grapheme' }), (text) => void lineLevel(text)));
  law(fc.property(fc.string({ unit: 'grapheme' }), (text) => void lineLevel(`{${text}"level":${text}`)));
  const long = 'x'.repeat(1_048_576);
  expect(lineLevel(`{"level":"ERROR","message":"${long}"}`)).toBe('error');
  expect(lineLevel(`{"message":"${long}","level":"ERROR"}`)).toBe('error');
  expect(lineLevel(`2023-05-18T15:33:23.822Z\t${long}`)).toBeNull();
  law(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => void lineLevel(`2026-11-20 10:00:00 ${text} ERROR ${text}`)),
  );
});
