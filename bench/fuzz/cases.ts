/** Texts that were found to cost much, by what they are. Each was mended; the check measures them again. */
import type { Genes } from './genes.ts';

export interface NamedCase extends Omit<Genes, 'way'> {
  readonly name: string;
  readonly way: string;
}

const named = (name: string, way: string, head: string, piece: string, tail = ''): NamedCase => ({
  name,
  way,
  head,
  piece,
  tail,
});

export const NAMED_CASES: readonly NamedCase[] = [
  named(
    'records of an unclosed list',
    'lines',
    '{"Functions":[',
    '{"message":"x","timestamp":1795888751426}\n',
    '1}}}',
  ),
  named(
    'unreadable platform records',
    'lines of no group',
    'x\n',
    '{"time":"2026-11-20T10:00:00Z","type":"platform.runtimeDone","record":{"requestId":"#","metrics":{"durationMs":1}}}\n',
    '\n',
  ),
  named('many columns of a load test', 'lines', 'Type,Name,Request Count,Failure Count\n', 'a,', ''),
  named('bracketed lines in UTF-16', 'utf-16', '', '[x] y\n', ''),
  named('bracketed lines', 'lines', '', '[x] y\n', ''),
  named('lines that are no events', 'lines', '', 'x y z\n', ''),
  named('lines of digits', 'lines', '', '1 2 3\n', ''),
  named('lines with a path', 'lines', '', '/x y\n', ''),
  named('empty objects', 'lines', '{"Functions":[', '{},', '1}}}'),
  named('short timed lines', 'lines', '', '2026-11-20T10:00:00Z x\n', ''),
  named('short lines with an epoch', 'lines', '', '1795888751426,x\n', ''),
  named('CSV without times', 'lines', 'timestamp,message\n', '#,#\n', ''),
  named('short CSV rows', 'lines', 'timestamp,message\n', '1795888751426,x\n', ''),
  named('columns', 'lines', '', 'a,', ''),
  named('many columns in a header row', 'lines', 'timestamp,message\n', 'a,', ''),
  named('an error without an end', 'event in /aws/lambda/f', '', '[ERROR] ', ''),
  named(
    'a stream for each pulled event',
    'pull',
    '{"checkpoint":{},"events":[',
    '{"timestamp":1795888751426,"message":"x","logStreamName":"s#"},',
    '{}]}',
  ),
  named(
    'an account for each event',
    'record',
    '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/g","logStream":"s","subscriptionFilters":[],"logEvents":[',
    '{"timestamp":1795888751426,"message":"x","extractedFields":{"@aws.account":"#","@aws.region":"r#"}},',
    '{}]}',
  ),
  named(
    'a stream for each line',
    'lines',
    '',
    '2026/11/20/[$LATEST]#0123456789abcdef0123456789abcdef 2026-11-20T10:00:00 x\n',
    '',
  ),
  named(
    'a stream for each START',
    'lines',
    '',
    '2026/11/20/[$LATEST]#0123456789abcdef0123456789abcdef 2026-11-20T10:00:00 START RequestId: # Version: 1\n',
    '',
  ),
  named(
    'extension records',
    'lines',
    '',
    '{"time":"2026-11-20T10:00:00Z","type":"platform.extension","record":{"name":"#"}}\n',
    '',
  ),
  named(
    'empty records of an envelope',
    'envelope',
    '{"requestId":"r","timestamp":1,"records":[',
    '{"data":"eA=="},',
    '{}]}',
  ),
  named(
    'attributes of a span',
    'event in aws/spans',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","startTimeUnixNano":1791300000000000000,"attributes":{',
    '"a#":1,',
    '"b":1}}',
  ),
  named('rows with bars', 'lines', '', '|#|#|\n', ''),
  named('short lines with bars behind an event', 'lines', '2026-11-20T10:00:00.000Z x\n', '/x\n|1\n', ''),
  named('long lines that are no events', 'lines', '', `${'x'.repeat(1023)}\n`, ''),
  named('rows of a table', 'lines', '| timestamp | message |\n|---|---|\n| ', '| 1795888751426 | x |\n', ''),
  named('items of a YAML list', 'lines', 'events:\n', '- a: b\n', ''),
  named('lines of text output', 'lines', 'EVENTS\t', '1\n', ''),
  named(
    'long digits',
    'event in aws/spans',
    '{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","name":"x","x":',
    '1',
    '.5}',
  ),
  named('brackets', 'lines', '', '[', ''),
  named('forwarded brackets', 'forwarded', '', '[', ''),
  named('open braces', 'lines', '', '{\n', ''),
  named('exponents', 'pull', '{"checkpoint":{},"events":[', '1e5,', '1]}'),
  named('escaped quotes', 'record', '{"message":"', '\\"', '"}'),
  named('quotes in UTF-16', 'utf-16', 'XRAY TraceId: ', '"\n', '"]}]}'),
];
