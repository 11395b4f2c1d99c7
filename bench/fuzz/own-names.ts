/** Texts whose objects have a name of their own each: V8 describes each list of names. */
import type { NamedCase } from './named-case.ts';
import { named } from './named-case.ts';

export const OWN_NAMES: readonly NamedCase[] = [
  named('objects of Python with a name of their own', 'lines', '', "{'a#': 1, 'b': 2}\n"),
  named('objects of Node.js with a name of their own', 'lines', '', '{ a#: 1, b: 2 }\n'),
  named('hashes of Ruby with a name of their own', 'lines', '', '{"a#" => 1, "b" => 2}\n'),
  named('records of Fluent Bit with a name of their own', 'lines', '', '[0] t: [1795888751.426, {"a#"=>"x"}]\n'),
  named(
    'spans of OTLP in JSON whose parts have a name of their own',
    'OTLP spans in JSON',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","startTimeUnixNano":"1795000000000000000","attributes":[{"a#":1}]},',
    '{"a":1}]}]}]}',
  ),
  named(
    'attributes of OTLP in JSON with a name of their own',
    'OTLP spans in JSON',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","startTimeUnixNano":"1795000000000000000","attributes":[{"key":"a#","value":{"intValue":1}}]},',
    '{"a":1}]}]}]}',
  ),
  named(
    'spans whose attributes have a name of their own',
    'lines of no group',
    '',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","startTimeUnixNano":1791300000000000000,"attributes":{"a#":1}}\n',
  ),
  named(
    'spans of a file with a name of their own',
    'lines of no group',
    '',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","startTimeUnixNano":1791300000000000000,"a#":1}\n',
  ),
  named(
    'hits with fields',
    'lines',
    '{"hits":{"hits":[',
    '{"fields":{"message":["x"],"@timestamp":["2026-11-20T10:00:00Z"]}},',
    '{}]}}',
  ),
  named(
    'hits with fields of their own',
    'lines',
    '{"hits":{"hits":[',
    '{"fields":{"message":["x"],"a#":[1]}},',
    '{}]}}',
  ),
  named(
    'log records of OTLP in JSON with a name of their own',
    'OTLP logs in JSON',
    '{"resourceLogs":[{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"f"}}]},"scopeLogs":[{"logRecords":[',
    '{"timeUnixNano":"1795000000000000000","body":{"stringValue":"x"},"a#":1},',
    '{"a":1}]}]}]}',
  ),
  named(
    'log records of OTLP in JSON with an attribute of their own',
    'OTLP logs in JSON',
    '{"resourceLogs":[{"resource":{"attributes":[{"key":"faas.name","value":{"stringValue":"f"}}]},"scopeLogs":[{"logRecords":[',
    '{"timeUnixNano":"1795000000000000000","body":{"stringValue":"x"},"attributes":[{"key":"a#","value":{"intValue":1}}]},',
    '{"a":1}]}]}]}',
  ),
  named('JSON lines of a function with a name of their own', 'events', '', '{"a#":1,"level":"ERROR"}\n'),
  named(
    'lines of JSON with an error and a name of their own',
    'lines',
    '',
    '{"level":"ERROR","time":"2026-11-20T10:00:00Z","a#":1}\n',
  ),
];
