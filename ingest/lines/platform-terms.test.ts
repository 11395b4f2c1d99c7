/** The lines are those of the Lambda Developer Guide and of the runtimes, one for each word of the default filter. */
import { expect, test } from 'vitest';
import { ERROR_TERMS, PLATFORM_FILTER, PLATFORM_TERMS, passesPlatformFilter } from './platform-terms.ts';

test.each([
  'START RequestId: a Version: 1',
  'INIT_START Runtime Version: nodejs:22.v1',
  'INIT_REPORT Init Duration: 1 ms',
  'RESTORE_START Runtime Version: java:21.v1',
  'RESTORE_REPORT Restore Duration: 1 ms',
  'EXTENSION\tName: a\tState: Ready\tEvents: []',
  'TELEMETRY\tName: a\tState: Already subscribed\tTypes: []',
  'LOGS\tName: a\tState: Subscribed\tTypes: []',
  '2026-11-20T10:00:00.123Z a Task timed out after 3.00 seconds',
  'Process exited before completing request',
  'Unknown application error occurred',
  'LAMBDA_WARNING: Unhandled. The most likely cause is an issue in the function code.',
  'ENILimitReachedException: x',
  'EC2ThrottledException: x',
  'EC2AccessDeniedException: x',
  'SubnetIPAddressLimitReachedException: x',
  '{"time":"x","type":"platform.report"}',
  'x\tERROR\tInvoke Error \t{}',
  'x\tERROR\tUncaught Exception \t{}',
  'x\tERROR\tUnhandled Promise Rejection \t{}',
  "'order': KeyError\nTraceback (most recent call last):",
  'x: java.lang.IllegalStateException',
  '{"errorMessage":"x"}',
  'Critical exception from handler',
  'Error raised from handler method',
  'Error loading class com.shop.Handler',
  "thread 'main' panicked at src/main.rs:20:5:",
  '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}',
  'panic: x',
  'order not found: errorString',
  'ERROR Lambda runtime invoke{}: x',
])('passes: %s', (line) => {
  expect(passesPlatformFilter(line)).toBe(true);
});

test.each([
  '',
  'hello',
  'start requestid',
  'Init_Start',
  'extension',
  'a task that timed out',
  'State: Ready',
  'platform',
])('does not pass: %j', (line) => {
  expect(passesPlatformFilter(line)).toBe(false);
});

test('the filter has each word between quotes behind a question mark, and no more characters than CloudWatch Logs takes', () => {
  expect(PLATFORM_FILTER.startsWith('?"RequestId:" ?"INIT_START" ?"INIT_REPORT" ?"RESTORE_START" ')).toBe(true);
  expect(PLATFORM_FILTER.endsWith(' ?": errorString" ?"Lambda runtime invoke"')).toBe(true);
  expect(PLATFORM_FILTER.length).toBeLessThanOrEqual(1024);
  expect(PLATFORM_TERMS.slice(-ERROR_TERMS.length)).toEqual(ERROR_TERMS);
});
