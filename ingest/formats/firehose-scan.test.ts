import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { readFirehose } from './firehose.ts';
import { scanEnvelope } from './firehose-scan.ts';

const headers = (id: string) => ({ requestId: id });
const base64 = fc.stringMatching(/^[A-Za-z0-9+/]{0,40}={0,2}$/);

test('what the scan reads is what JSON.parse reads', () => {
  const envelope = fc.record(
    {
      requestId: fc.stringMatching(/^[\w-]{1,20}$/),
      timestamp: fc.oneof(
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(null),
        fc.string(),
      ),
      records: fc.array(
        fc.oneof(
          { weight: 20, arbitrary: fc.record({ data: base64 }) },
          fc.record({ data: fc.integer() }),
          fc.constant(null),
        ),
      ),
      other: fc.oneof(fc.boolean(), fc.constant({}), fc.string()),
    },
    { requiredKeys: ['requestId', 'records'] },
  );
  let scanned = 0;
  law(
    fc.property(envelope, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const body = Buffer.from(JSON.stringify(value, null, indent));
      const scan = scanEnvelope(body);
      if (scan !== null) {
        scanned += 1;
        expect(scan.requestId).toBe(value.requestId);
        const found = Array.from({ length: scan.spans.length / 2 }, (_, at) =>
          body.toString('latin1', scan.spans[at * 2], scan.spans[at * 2 + 1]),
        );
        expect(found).toEqual(value.records.map((record) => record?.data));
      }
      const read = readFirehose(body, headers(value.requestId));
      if (!read.ok) throw new Error(read.message);
      expect([...read.envelope.records]).toEqual(
        value.records.map((record) => (typeof record?.data === 'string' ? record.data : null)),
      );
    }),
    { numRuns: 800 },
  );
  expect(scanned).toBeGreaterThan(100);
});

test('never throws, and takes nothing that JSON.parse refuses for its structure', () => {
  const good = '{"requestId":"r","timestamp":1,"records":[{"data":"AAAA"},{"data":""}]}';
  law(
    fc.property(fc.nat(good.length), fc.nat(3), fc.string({ maxLength: 3 }), (at, drop, insert) => {
      const text = good.slice(0, at) + insert + good.slice(at + drop);
      const body = Buffer.from(text);
      if (scanEnvelope(body) === null) return;
      // Control characters inside strings are JSON's business, not the structure's.
      expect(() => JSON.parse(text.replace(/[\u0000-\u001f]/g, ' '))).not.toThrow();
    }),
    { numRuns: 1500 },
  );
  for (const text of [
    '',
    '{',
    '{}',
    '[]',
    '{"records":[]}',
    '{"requestId":"r"}',
    `${good}x`,
    good.replace('"r"', '1'),
    good.replace(':1,', ':01,'),
  ])
    expect(scanEnvelope(Buffer.from(text))).toBeNull();
});
