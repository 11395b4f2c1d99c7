/** Trace ids as X-Ray's developer guide and W3C Trace Context write them. */
import { expect, test } from 'vitest';
import { isLongId, xrayTraceId } from './trace-id.ts';

test.each([
  ['1-5759e988-bd862e3fe1be46a994272793', '1-5759e988-bd862e3fe1be46a994272793'],
  // The first eight digits are the seconds of the start.
  ['5759e988bd862e3fe1be46a994272793', '1-5759e988-bd862e3fe1be46a994272793'],
  ['2-5759e988-bd862e3fe1be46a994272793', null],
  ['1-5759e98-bd862e3fe1be46a994272793', null],
  ['1-5759e9880-bd862e3fe1be46a994272793', null],
  ['1-5759e988-bd862e3fe1be46a99427279', null],
  ['1-5759e988-bd862e3fe1be46a9942727930', null],
  ['11-5759e988-bd862e3fe1be46a994272793', null],
  ['1-5759g988-bd862e3fe1be46a994272793', null],
  ['1-5759e988-bd862e3fe1be46a99427279g', null],
  ['5759e988bd862e3fe1be46a99427279g', null],
  ['5759e988bd862e3fe1be46a99427279', null],
  ['5759e988bd862e3fe1be46a9942727930', null],
  ['', null],
  [null, null],
])('%j as a trace id', (text, expected) => {
  expect(xrayTraceId(text)).toBe(expected);
});

test('ids have 16 digits', () => {
  expect([null, '', 'a'.repeat(16), 'a'.repeat(17)].map(isLongId)).toEqual([false, false, false, true]);
});
