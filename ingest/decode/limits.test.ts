/** A body that is refused as a whole names the limit, so that the key that sent it can be named on Ingest. */
import { expect, test } from 'vitest';
import { readPulledPage } from '../formats/pulled-page.ts';
import { decodeFirehose, decodeLambdaEvent } from './pipeline.ts';

const context = { raw: 'off', region: 'eu-west-1', selfLogGroups: [] } as const;
const firehose = (records: string) =>
  decodeFirehose(Buffer.from(`{"requestId":"r","timestamp":1,"records":[${records}]}`), { requestId: 'r' }, context);
const lambda = (text: string) => decodeLambdaEvent(Buffer.from(text), context);
const pull = (text: string) => readPulledPage(Buffer.from(text));

test.each([
  ['more records than Firehose sends', firehose(`${'{"data":"eA=="},'.repeat(10_000)}{}`), 'too-many-records'],
  ['masses of objects in an envelope', firehose(`${'{},'.repeat(20_000)}{}`), 'too-many-records'],
  ['brackets to the forwarder', lambda('['.repeat(3000)), 'json-nested-too-deep'],
  ['masses of objects to the forwarder', lambda(`[${'{},'.repeat(400_000)}{}]`), 'json-too-dense'],
  ['brackets in a pulled page', pull('['.repeat(3000)), 'json-nested-too-deep'],
])('%s', (_, read, limit) => {
  expect(read).toMatchObject({ ok: false, limit });
});

test.each([
  ['no JSON: "more than" says nothing', lambda('more than this is not JSON')],
  ['no records', decodeFirehose(Buffer.from('{"requestId":"r"}'), { requestId: 'r' }, context)],
  ['a checkpoint that is none', pull('{"checkpoint":"at most","events":[]}')],
])('%s: no limit', (_, read) => {
  expect(read.ok).toBe(false);
  expect('limit' in read).toBe(false);
});
