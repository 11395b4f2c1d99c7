/**
 * Large objects are searched in their text, because to list their members costs too much. What is found is what JSON.parse would give:
 * of equal names the last, escaped or not, and names that are numbers before the others.
 */
import { expect, test } from 'vitest';
import { readUpload } from '../formats/upload-parts.ts';
import { decodeParts } from './pipeline.ts';

const PLACE = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: '' };
/** Longer than what is parsed as a whole. */
const PAD = 'x'.repeat(4200);
const END = 'END RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';

async function decoded(text: string) {
  const context = { raw: 'off', region: 'r', selfLogGroups: [] } as const;
  const { deadLetters, counts, records } = await decodeParts(readUpload(Buffer.from(text), [], PLACE), PLACE, context);
  return {
    reasons: deadLetters.map(({ reason }) => reason),
    ignored: (counts.ignoredBy ?? []).map(([reason]) => reason),
    records: records.map(({ record }) => record),
  };
}

const members = (n: number, of: (at: number) => string): string =>
  Array.from({ length: n }, (_, at) => of(at)).join(',');
const wide = `{${members(1002, (at) => `"w${at}":[1,2]`)}}`;

test.each([
  ['an action of a bulk request', `{"hits":{"hits":[{"_source":{"index":{}}}]},"x":${wide}}`, [], ['bulk-action']],
  ['another object', `{"hits":{"hits":[{"_source":{"messageType":"x"}}]},"x":${wide}}`, ['not-a-log-event'], []],
])('%s beside a wide object is read as without it', async (_, text, reasons, ignored) => {
  expect(await decoded(text)).toEqual({ reasons, ignored, records: [] });
});

const record = (text: string): string => `{"time":"2026-11-26T10:00:00Z","pad":"${PAD}",${text}}`;

test.each([
  ['the last of equal names is no platform line', record(`"a":"${END}","a":"y"`), [], ['application']],
  ['nor if its name is escaped', record(`"a":"${END}","\\u0061":"y"`), [], ['application']],
  [
    'a hundred equal names are one member',
    record(`${members(100, () => '"k":1')},"z":"${END}"`),
    ['platform-line-in-unknown-member'],
    [],
  ],
  [
    'a name that is a number comes first',
    record(`${members(99, (at) => `"k${at}":1`)},"z":1,"5":"${END}"`),
    ['platform-line-in-unknown-member'],
    [],
  ],
])('members of a large record: %s', async (_, text, reasons, ignored) => {
  expect(await decoded(text)).toEqual({ reasons, ignored, records: [] });
});

const segment = (annotations: string): string =>
  `{"trace_id":"1-5f2b1c3a-0123456789abcdef01234567","id":"0123456789abcdef","name":"f","start_time":1795888751.4,"end_time":1795888752.5,"metadata":"${PAD}",${annotations}}`;

test.each([
  [
    'equal names are one annotation',
    `"annotations":{${members(64, (at) => `"a":${at}`)},"b":1}`,
    [
      ['a', 63],
      ['b', 1],
    ],
  ],
  [
    'an annotation keeps the place of its first name',
    '"annotations":{"a":null,"b":1,"a":2}',
    [
      ['a', 2],
      ['b', 1],
    ],
  ],
  ['the last object of the name counts', '"annotations":{"a":1},"\\u0061nnotations":{"b":2}', [['b', 2]]],
])('annotations of a large segment: %s', async (_, text, annotations) => {
  const { reasons, records } = await decoded(segment(text));
  const [found] = records.flatMap((one) =>
    one.kind === 'trace-segment' ? [Object.entries(one.annotations ?? {})] : [],
  );
  expect([reasons, found]).toEqual([[], annotations]);
});

const metric = (dimensions: string, value = ''): string =>
  `{"metric_stream_name":"s","account_id":"1","region":"r","namespace":"n","metric_name":"m","timestamp":1795888740000,"unit":"U",${dimensions},"value":{"count":1,"sum":1,"min":1,"max":1${value}},"pad":"${PAD}"}`;

test.each([
  ['equal dimensions are one', metric(`"dimensions":{${members(31, () => '"d":"v"')}}`)],
  ['equal percentiles are one', metric('"dimensions":{}', `,${members(97, () => '"p50":1')}`)],
  [
    'the last dimensions count',
    metric(`"dimensions":{${members(31, (at) => `"d${at}":"v"`)}},"\\u0064imensions":{"d":"v"}`),
  ],
])('a large metric: %s', async (_, text) => {
  const { reasons, records } = await decoded(text);
  expect([reasons, records.map(({ kind }) => kind)]).toEqual([[], ['metric-statistics']]);
});
