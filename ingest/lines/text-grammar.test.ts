/**
 * Every field of the rarer text lines, from the grammar of AWS's documentation ("Understanding the Lambda execution environment
 * lifecycle", Telemetry API, "Monitoring for Lambda SnapStart"): fields drawn at random, in every form of their separators.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { parsePlatformLine } from './platform-line.ts';

const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcdefghijkXYZ0123456789.$_') });
const decimals = fc.nat(1_000_000).map((n) => n / 100);

describe('text lines', () => {
  const none = { errorType: null, status: null };

  /** Each prefix of the optional fields may be missing; the last field ends the line. */
  const initReport = fc.record({
    durationMs: decimals,
    phase: fc.constantFrom('init', 'invoke'),
    status: fc.constantFrom('timeout', 'error'),
    errorType: word,
    fields: fc.integer({ min: 0, max: 3 }),
    separator: fc.constantFrom('\t', ' ', ' \t', '\t ', '  '),
  });

  test('INIT_REPORT and RESTORE_REPORT', () => {
    law(
      fc.property(initReport, ({ durationMs, phase, status: state, errorType, fields, separator }) => {
        const optional = [`Phase: ${phase}`, `Status: ${state}`, `Error Type: ${errorType}`].slice(0, fields);
        const init = [`INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms`, ...optional].join(separator);
        expect(parsePlatformLine(`${init}\n`)).toEqual({
          ok: true,
          time: null,
          line: {
            kind: 'init-report',
            initDurationMs: durationMs,
            billedDurationMs: null,
            initializationType: null,
            phase: fields > 0 ? phase : null,
            status: fields > 1 ? state : null,
            errorType: fields > 2 ? errorType : null,
          },
        });
        const restore = [`RESTORE_REPORT Restore Duration: ${durationMs.toFixed(2)} ms`, ...optional.slice(1)];
        expect(parsePlatformLine(`${restore.join(separator)}\n`)).toEqual({
          ok: true,
          time: null,
          line: {
            kind: 'restore-report',
            restoreDurationMs: durationMs,
            status: fields > 1 ? state : null,
            errorType: fields > 2 ? errorType : null,
            spans: null,
          },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('INIT_START, RESTORE_START, START and END', () => {
    law(
      fc.property(word, word, fc.uuid(), (version, arn, id) => {
        const names = { functionName: null, functionVersion: null, instanceId: null };
        expect(parsePlatformLine(`RESTORE_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}\n`)).toEqual({
          ok: true,
          time: null,
          line: { kind: 'restore-start', runtimeVersion: version, runtimeVersionArn: arn, ...names },
        });
        expect(parsePlatformLine(`INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}\n`)).toEqual({
          ok: true,
          time: null,
          line: {
            kind: 'init-start',
            runtimeVersion: version,
            runtimeVersionArn: arn,
            initializationType: null,
            phase: null,
            ...names,
            instanceMaxMemory: null,
          },
        });
        for (const separator of [' ', '\t', '  '])
          expect(parsePlatformLine(`START RequestId: ${id}${separator}Version: ${version}\n`)).toEqual({
            ok: true,
            time: null,
            line: { kind: 'start', requestId: id, version, tenantId: null, functionArn: null, trace: null },
          });
        expect(parsePlatformLine(`END RequestId: ${id}\n`)).toEqual({
          ok: true,
          time: null,
          line: { kind: 'end', requestId: id, timedOutAfterSec: null },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('EXTENSION, TELEMETRY and LOGS, with and without blanks in the list', () => {
    law(
      fc.property(
        word,
        word,
        fc.array(word, { maxLength: 4 }),
        fc.option(word),
        fc.constantFrom(',', ', '),
        (name, state, list, errorType, comma) => {
          const head = `Name: ${name}\tState: ${state}`;
          const error = errorType === null ? '' : `\tError Type: ${errorType}`;
          expect(parsePlatformLine(`EXTENSION\t${head}\tEvents: [${list.join(comma)}]${error}\n`)).toEqual({
            ok: true,
            time: null,
            line: { kind: 'extension', name, state, events: list, errorType },
          });
          for (const [first, kind] of [
            ['TELEMETRY', 'telemetry-subscription'],
            ['LOGS', 'logs-subscription'],
          ] as const)
            expect(parsePlatformLine(`${first}\t${head}\tTypes: [${list.join(comma)}]\n`)).toEqual({
              ok: true,
              time: null,
              line: { kind, name, state, types: list },
            });
        },
      ),
    );
  });

  const fault = { kind: 'fault', requestId: null, errorMessage: null, timedOutAfterSec: null, ...none };

  test.each([
    [
      '2020-06-09T15:02:26.150Z a-b Task timed out after 3.02 seconds\n\n',
      { ...fault, fault: 'timeout', requestId: 'a-b', status: 'timeout', timedOutAfterSec: 3.02 },
      '2020-06-09T15:02:26.150Z',
    ],
    [
      'RequestId: a-b Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n',
      {
        ...fault,
        fault: 'oom',
        requestId: 'a-b',
        errorMessage: 'Runtime exited with error: signal: killed',
        errorType: 'Runtime.ExitError',
      },
      null,
    ],
    [
      'RequestId: a-b Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n',
      {
        ...fault,
        fault: 'exit',
        requestId: 'a-b',
        errorMessage: 'Runtime exited with error: exit status 1',
        errorType: 'Runtime.ExitError',
      },
      null,
    ],
    [
      'RequestId: Error: fork/exec /opt/extensions/x: permission denied\nExtension.LaunchError\n',
      {
        ...fault,
        fault: 'error',
        errorMessage: 'fork/exec /opt/extensions/x: permission denied',
        errorType: 'Extension.LaunchError',
      },
      null,
    ],
    [
      'RequestId: a-b Process exited before completing request\n\n',
      { ...fault, fault: 'exit', requestId: 'a-b', errorType: 'ProcessExited' },
      null,
    ],
    [
      'Unknown application error occurred\nRuntime.Unknown\n',
      {
        ...fault,
        fault: 'error',
        errorMessage: 'Unknown application error occurred',
        errorType: 'Runtime.Unknown',
      },
      null,
    ],
    [
      'RequestId: a-b Status: error\tErrorType: Runtime.OutOfMemory\n',
      { ...fault, fault: 'oom', requestId: 'a-b', status: 'error', errorType: 'Runtime.OutOfMemory' },
      null,
    ],
    [
      'RequestId: a-b Status: timeout\tErrorType: \n',
      { ...fault, fault: 'timeout', requestId: 'a-b', status: 'timeout' },
      null,
    ],
    [
      'SubnetIPAddressLimitReachedException: Lambda was not able to set up VPC access',
      {
        ...fault,
        fault: 'network',
        errorType: 'SubnetIPAddressLimitReachedException',
        errorMessage: 'Lambda was not able to set up VPC access',
      },
      null,
    ],
  ])('%j', (text, line, time) => {
    expect(parsePlatformLine(text)).toEqual({ ok: true, time, line });
  });

  test.each([
    'ENILimitReachedException: x',
    'EC2ThrottledException: x',
    'EC2AccessDeniedException: x',
    'EC2UnexpectedException: x',
  ])('%s', (text) => {
    expect(parsePlatformLine(text)).toMatchObject({ line: { fault: 'network', errorType: text.split(':')[0] } });
  });

  test.each([
    'STARTED RequestId: a Version: 1',
    'ENDED RequestId: a',
    'ENI attached',
    'EC2 instance started',
    'Subnet 1',
    'REPORTED RequestId: a',
    'INIT_STARTED Runtime Version: a',
    'INIT_START',
    'INIT_REPORT',
    'RESTORE_START x',
    'RESTORE_REPORT x',
    'EXTENSIONS\tName: a\tState: b\tEvents: []',
    'EXTENSION\tName: a\tState: b',
    'EXTENSION\tName: a\tEvents: []',
    'TELEMETRY\tName: a\tState: b',
    'LOGS of today',
    'LAMBDA_WARNING without a colon',
    'Unknown application error occurred somewhere',
    'Task timed out after 3.00 seconds',
    '3 tasks timed out after 3.00 seconds',
    'RequestId: a-b done',
    'requestid: a-b Error: x',
    '',
    ' ',
    '{}',
    '[]',
    '{"type":"platform"}',
  ])('%j is an application’s line', (text) => {
    expect(parsePlatformLine(text)).toEqual({ ok: false, reason: 'not-platform' });
  });
});
