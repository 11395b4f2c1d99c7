/** REPORT in its current form, and in those that copies and extensions make of it; values read by hand from the lines. */
import { describe, expect, test } from 'vitest';
import { parseReport, timedOutAfter } from './report.ts';

const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const HEAD = `REPORT RequestId: ${ID}\tDuration: 84.123456789 ms\tBilled Duration: 85 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB`;
const XRAY = 'XRAY TraceId: 1-5b43cb1c-74af0f1ff30ae7c32c96f8ea\tSegmentId: 11f99ff2748d4d07';
const TRACE = { traceId: '1-5b43cb1c-74af0f1ff30ae7c32c96f8ea', segmentId: '11f99ff2748d4d07', sampled: null };
/** With all nine decimals of the duration, which no other form than Lambda's own keeps. */
const LINE = {
  kind: 'report',
  requestId: ID,
  durationMs: 84.123456789,
  billedDurationMs: 85,
  memorySizeMb: 128,
  maxMemoryUsedMb: 70,
  initDurationMs: null,
  restoreDurationMs: null,
  billedRestoreDurationMs: null,
  runtimeDurationMs: null,
  timedOutAfterSec: null,
  status: null,
  errorType: null,
  trace: null,
  tenantId: null,
  spans: null,
  unknownKeys: [],
};

describe('the current form', () => {
  test.each<[string, string, object]>([
    ['no more', '', {}],
    ['its end', '\t\n', {}],
    ['its end without a tab', '\n', {}],
    ['an init', '\tInit Duration: 250.987654321 ms\t\n', { initDurationMs: 250.987654321 }],
    ['an init of whole milliseconds', '\tInit Duration: 250 ms', { initDurationMs: 250 }],
    ['a restore', '\tRestore Duration: 325.123456789 ms\t\n', { restoreDurationMs: 325.123456789 }],
    [
      'a restore that is billed',
      '\tRestore Duration: 325.5 ms\tBilled Restore Duration: 26 ms\t\n',
      { restoreDurationMs: 325.5, billedRestoreDurationMs: 26 },
    ],
    ['a status', '\tStatus: timeout\n', { status: 'timeout' }],
    ['a status of 32 letters', `\tStatus: ${'s'.repeat(32)}\n`, { status: 's'.repeat(32) }],
    ['a type', '\tError Type: Runtime.ExitError\n', { errorType: 'Runtime.ExitError' }],
    ['a type of 256 characters', `\tError Type: ${'t'.repeat(256)}\n`, { errorType: 't'.repeat(256) }],
    ['a trace', `\t\n${XRAY}\t\n`, { trace: TRACE }],
    ['a trace without its end', `\t\n${XRAY}`, { trace: TRACE }],
    ['a trace that is sampled', `\t\n${XRAY}\tSampled: true\t\n`, { trace: { ...TRACE, sampled: true } }],
    ['a trace that is not', `\t\n${XRAY}\tSampled: false\t\n`, { trace: { ...TRACE, sampled: false } }],
    [
      'a segment of 64 characters',
      `\t\nXRAY TraceId: t\tSegmentId: ${'s'.repeat(64)}\t\n`,
      { trace: { traceId: 't', segmentId: 's'.repeat(64), sampled: null } },
    ],
    [
      'a trace of 256 characters',
      `\t\nXRAY TraceId: ${'t'.repeat(256)}\tSegmentId: s\t\n`,
      { trace: { traceId: 't'.repeat(256), segmentId: 's', sampled: null } },
    ],
    [
      'everything',
      `\tInit Duration: 1.5 ms\tRestore Duration: 2.5 ms\tBilled Restore Duration: 3 ms\tStatus: error\tError Type: E\t\n${XRAY}\tSampled: true\t\n`,
      {
        initDurationMs: 1.5,
        restoreDurationMs: 2.5,
        billedRestoreDurationMs: 3,
        status: 'error',
        errorType: 'E',
        trace: { ...TRACE, sampled: true },
      },
    ],
  ])('with %s', (_, end, more) => {
    expect(parseReport(HEAD + end)).toEqual({ ok: true, time: null, line: { ...LINE, ...more } });
  });

  test('has an id of at most 256 characters, 15 digits and 9 decimals of a time, 9 digits of a size', () => {
    // The other forms round to six decimals: what is read by this one shows in them.
    const read = (from: string, to: string) => {
      const result = parseReport(HEAD.replace(from, to));
      return result.ok && result.line.kind === 'report' ? result.line.durationMs : null;
    };
    expect(read(ID, 'i'.repeat(256))).toBe(84.123456789);
    expect(read(ID, 'i'.repeat(257))).toBe(84.123457);
    expect(read('84.', '000000000000084.')).toBe(84.123456789);
    expect(read('84.', '0000000000000084.')).toBe(84.123457);
    expect(read('Size: 128', 'Size: 000000128')).toBe(84.123456789);
    expect(read('Size: 128', 'Size: 0000000128')).toBe(84.123457);
    expect(read('Used: 70', 'Used: 000000070')).toBe(84.123456789);
    expect(read('Used: 70', 'Used: 0000000070')).toBe(84.123457);
    expect(read('Billed Duration: 85', 'Billed Duration: 85.0')).toBe(84.123456789);
    expect(read('Billed Duration: 85', 'Billed Duration: 85.')).toBe(84.123457);
  });
});

describe('another form', () => {
  const ROUNDED = { ...LINE, durationMs: 84.123457 };
  test.each<[string, string, object]>([
    ['a word before the end', `${HEAD}\tand more`, {}],
    ['blanks before the id', HEAD.replace('REPORT ', 'REPORT        '), {}],
    ['a newline before the id', HEAD.replace('REPORT ', 'REPORT \n'), {}],
    ['a runtime duration', `${HEAD}\tRuntime Duration: 80.5 ms`, { runtimeDurationMs: 80.5 }],
    ['a type in one word', `${HEAD}\tErrorType: E`, { errorType: 'E' }],
    ['a type in both forms', `${HEAD}\tErrorType: E\tError Type: F`, { errorType: 'F' }],
    ['a trace without a segment', `${HEAD}\nXRAY TraceId: t`, { trace: { ...TRACE, traceId: 't', segmentId: null } }],
    [
      'a trace with another word for sampled',
      `${HEAD}\nXRAY TraceId: t\tSegmentId: s\tSampled: yes`,
      { trace: { traceId: 't', segmentId: 's', sampled: null } },
    ],
    [
      'a trace behind its segment',
      `${HEAD}\nSegmentId: s\tSampled: false\tXRAY TraceId: t`,
      { trace: { traceId: 't', segmentId: 's', sampled: false } },
    ],
    ['a segment without a trace', `${HEAD}\nSegmentId: s`, {}],
    ['a status of 33 letters', `${HEAD}\tStatus: ${'s'.repeat(33)}`, { status: 's'.repeat(33) }],
    [
      'a timeout behind it',
      `${HEAD}\tStatus: timeout Task timed out after 3.00 seconds`,
      { status: 'timeout', timedOutAfterSec: 3 },
    ],
    ['a key that is not known', `${HEAD}\tTmp Used: 5 MB`, { unknownKeys: ['Tmp Used'] }],
  ])('with %s', (_, message, more) => {
    expect(parseReport(message)).toEqual({ ok: true, time: null, line: { ...ROUNDED, ...more } });
  });

  const NOTHING = { ...LINE, durationMs: null, billedDurationMs: null, memorySizeMb: null, maxMemoryUsedMb: null };
  test.each<[string, object]>([
    ['Duration: 5 ms', { durationMs: 5 }],
    ['Billed Duration: 5 ms', { billedDurationMs: 5 }],
    ['Max Memory Used: 5 MB', { maxMemoryUsedMb: 5 }],
    ['Runtime Duration: 5 ms', { runtimeDurationMs: 5 }],
    ['Status: timeout', { status: 'timeout' }],
  ])('one of these is enough: %s', (field, more) => {
    expect(parseReport(`REPORT RequestId: ${ID}\t${field}`)).toEqual({
      ok: true,
      time: null,
      line: { ...NOTHING, ...more },
    });
  });

  test.each([
    ['Memory Size: 128 MB', 'report-without-fields'],
    ['Init Duration: 5 ms', 'report-without-fields'],
    ['Restore Duration: 5 ms', 'report-without-fields'],
    ['Error Type: E', 'report-without-fields'],
    ['', 'report-without-fields'],
    ['Duration: 5 ms\tDuration: 6 ms', 'field-repeated'],
    ['Duration: 5 ms\tRequestId: b', 'field-repeated'],
  ])('%j is not: %s', (fields, reason) => {
    expect(parseReport(`REPORT RequestId: ${ID}\t${fields}`)).toEqual({ ok: false, reason });
  });

  test.each([
    ['REPORT         RequestId: a\tDuration: 5 ms', 'not-platform'],
    ['REPORT Id: a\tDuration: 5 ms', 'not-platform'],
    ['a REPORT RequestId: a\tDuration: 5 ms', 'not-platform'],
    ['REPORT RequestId:\tDuration: 5 ms', 'report-without-request-id'],
    // What contradicts itself has an id, or that is the reason.
    ['REPORT RequestId:\tDuration: 5 ms\tDuration: 6 ms', 'report-without-request-id'],
  ])('%j: %s', (message, reason) => {
    expect(parseReport(message)).toEqual({ ok: false, reason });
  });
});

test.each([
  ['Task timed out after 3.00 seconds', 3],
  ['before Task timed out after 3 seconds after', 3],
  ['Task timed out after 3.5 s.', 3.5],
  ['Task timed out after 3.00 seconds.', 3],
  ['Task timed out after 2 minutes', 120],
  ['Task timed out after 250 ms', 0.25],
  ['Task timed out after three seconds', null],
  ['Task timed out after 3 light-years', null],
  ['Task timed out after ', null],
  ['Task timed out', null],
  ['', null],
])('the timeout in %j: %d s', (text, seconds) => {
  expect(timedOutAfter(text)).toBe(seconds);
});
