/**
 * Identifiers and dates as in AWS's documentation of Lambda runtimes (docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html),
 * compared with the copy of its tables in aws-cloudformation/cfn-lint (`LmbdRuntimeLifecycle.json`, 2 June 2026): it has the same
 * three dates for each runtime that it lists, and lists all but those of container images alone and Java's on Amazon Linux 2023.
 * Printed forms as in public log captures.
 */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { identifierOf, runtimeOf } from './identifier.ts';
import { supportOf } from './support.ts';

test.each([
  ['python:3.13.v60', 'python3.13'],
  ['python:3.12.mainlinev2.v43', 'python3.12'],
  ['nodejs:22.v31', 'nodejs22.x'],
  ['nodejs:22.mainline.v122', 'nodejs22.x'],
  ['nodejs:18', 'nodejs18.x'],
  ['provided:al2023.v97', 'provided.al2023'],
  ['provided:al2.v31', 'provided.al2'],
  ['java:25.v3', 'java25'],
  ['java:8.al2.v33', 'java8.al2'],
  ['dotnet:8.v71', 'dotnet8'],
  ['ruby:3.3.v12', 'ruby3.3'],
  ['go:1.v9', 'go1.x'],
  ['nodejs:22.x.v3', 'nodejs22.x'],
  ['dotnetcore:3.1.v9', 'dotnetcore3.1'],
])('INIT_START %s is %s', (printed, identifier) => {
  expect(identifierOf(printed)).toBe(identifier);
});

test.each([
  '',
  'python',
  'python:',
  'python:v12',
  'cobol:1.v2',
  'python:<b>.v1',
  'nodejs22.x',
  ' python:3.13',
  'python:3.13 ',
  'python:al',
  'python:.3',
  'python3:3',
  `python:${'9'.repeat(99)}`,
])('the form %j is unknown', (printed) => {
  expect(identifierOf(printed)).toBeNull();
});

test('the newest INIT_START decides, inventory adds the operating system', () => {
  expect(runtimeOf({ runtime: 'nodejs18.x', runtimeVersion: 'nodejs:22.v31' })).toBe('nodejs22.x');
  expect(runtimeOf({ runtime: 'java17.al2023', runtimeVersion: 'java:17.v66' })).toBe('java17.al2023');
  // Another runtime whose name begins alike.
  expect(runtimeOf({ runtime: 'java170', runtimeVersion: 'java:17.v66' })).toBe('java17');
  expect(runtimeOf({ runtime: 'python3.12', runtimeVersion: null })).toBe('python3.12');
  expect(runtimeOf({ runtime: null, runtimeVersion: 'strange' })).toBe('strange');
  expect(runtimeOf({ runtime: null, runtimeVersion: null })).toBeNull();
});

test.each([
  ['2026-10-31', 'supported'],
  // 180 days before 30 April 2027: 29 days of November, 31, 31, 28, 31 and 30.
  ['2026-11-01', 'ending'],
  ['2027-04-29', 'ending'],
  ['2027-04-30', 'deprecated'],
  ['2027-06-01', 'create-blocked'],
  ['2027-07-01', 'update-blocked'],
])('nodejs22.x on %s is %s', (day, phase) => {
  expect(supportOf({ runtime: null, runtimeVersion: 'nodejs:22.v31' }, Date.parse(day))).toEqual({
    deprecation: '2027-04-30',
    blockCreate: '2027-06-01',
    blockUpdate: '2027-07-01',
    phase,
  });
});

test('the dates of Java 17 need the inventory, because INIT_START names both runtimes alike', () => {
  const at = Date.parse('2026-11-28');
  expect(supportOf({ runtime: null, runtimeVersion: 'java:17.v66' }, at)).toBeNull();
  expect(supportOf({ runtime: 'java17', runtimeVersion: 'java:17.v66' }, at)?.deprecation).toBe('2027-06-30');
  expect(supportOf({ runtime: 'java17.al2023', runtimeVersion: 'java:17.v66' }, at)?.deprecation).toBe('2029-06-30');
});

test('a runtime that AWS does not list has no dates', () => {
  expect(supportOf({ runtime: 'nodejs26.x', runtimeVersion: null }, 0)).toBeNull();
  expect(supportOf({ runtime: null, runtimeVersion: null }, 0)).toBeNull();
});

const datesOf = (runtime: string) => supportOf({ runtime, runtimeVersion: null }, 0);
const day = (text: string): string => new Date(`${text} UTC`).toISOString().slice(0, 10);
const daysAfter = (from: string, to: string | null): number => (Date.parse(to ?? '') - Date.parse(from)) / DAY_MS;

// Column "Deprecation date" of the table of supported runtimes in AWS's documentation ("Lambda runtimes"), as copies of it
// listed the runtimes in July and August 2026.
const SUPPORTED = `
  nodejs24.x Apr 30, 2028 | nodejs22.x Apr 30, 2027
  python3.14 Jun 30, 2029 | python3.13 Jun 30, 2029 | python3.12 Oct 31, 2028 | python3.11 Jun 30, 2027
  python3.10 Oct 31, 2026
  java25 Jun 30, 2029 | java21 Jun 30, 2029 | java17.al2023 Jun 30, 2029 | java11.al2023 Jun 30, 2029
  java8.al2023 Jun 30, 2029 | java17 Jun 30, 2027 | java11 Jun 30, 2027 | java8.al2 Jun 30, 2027
  dotnet10 Nov 14, 2028 | dotnet9 Nov 10, 2026 | dotnet8 Nov 10, 2026
  ruby4.0 Mar 31, 2029 | ruby3.4 Mar 31, 2028 | ruby3.3 Mar 31, 2027
  provided.al2023 Jun 30, 2029`
  .split(/[|\n]/)
  .flatMap((entry) => [...entry.matchAll(/(\S+) (\w+ \d+, \d+)/g)].map(([, name = '', date = '']) => [name, date]));

test('the documented deprecation of each supported runtime', () => {
  expect(SUPPORTED).toHaveLength(22);
  for (const [runtime = '', date = ''] of SUPPORTED)
    expect([runtime, datesOf(runtime)?.deprecation]).toEqual([runtime, day(date)]);
});

// The same documentation's pages on building functions with Node.js and Ruby, and its list of postponed steps of July 2026.
test.each([
  ['nodejs24.x', 'Jun 1, 2028', 'Jul 1, 2028'],
  ['nodejs22.x', 'Jun 1, 2027', 'Jul 1, 2027'],
  ['nodejs20.x', 'Feb 1, 2027', 'Mar 3, 2027'],
  ['nodejs18.x', 'Feb 1, 2027', 'Mar 3, 2027'],
  ['nodejs16.x', 'Feb 1, 2027', 'Mar 3, 2027'],
  ['python3.10', 'Feb 1, 2027', 'Mar 3, 2027'],
  ['python3.9', 'Feb 1, 2027', 'Mar 3, 2027'],
  ['ruby4.0', 'Apr 30, 2029', 'May 31, 2029'],
  ['ruby3.4', 'Apr 30, 2028', 'May 31, 2028'],
  ['ruby3.3', 'Apr 30, 2027', 'May 31, 2027'],
])('%s cannot be created from %s on, and not updated from %s on', (runtime, create, update) => {
  expect(datesOf(runtime)).toMatchObject({ blockCreate: day(create), blockUpdate: day(update) });
});

// The table of deprecated runtimes in the same documentation: what had been deprecated before its steps were postponed, with the days
// on which creation and updates were blocked.
const DEPRECATED = `
  nodejs12.x Mar 31, 2023, Mar 31, 2023, Apr 30, 2023 | nodejs10.x Jul 30, 2021, Jul 30, 2021, Feb 14, 2022
  nodejs4.3 Mar 5, 2020, Feb 3, 2020, Mar 5, 2020 | nodejs4.3-edge Mar 5, 2020, Mar 31, 2019, Apr 30, 2019
  nodejs Aug 30, 2016, Sep 30, 2016, Oct 31, 2016
  nodejs8.10 Mar 6, 2020, Feb 4, 2020, Mar 6, 2020 | nodejs6.10 Aug 12, 2019, Jul 12, 2019, Aug 12, 2019
  python3.6 Jul 18, 2022, Jul 18, 2022, Aug 29, 2022 | python2.7 Jul 15, 2021, Jul 15, 2021, May 30, 2022
  dotnetcore3.1 Apr 3, 2023, Apr 3, 2023, May 3, 2023 | dotnetcore2.1 Jan 5, 2022, Jan 5, 2022, Apr 13, 2022
  dotnetcore2.0 May 30, 2019, Apr 30, 2019, May 30, 2019 | dotnetcore1.0 Jun 27, 2019, Jun 30, 2019, Jul 30, 2019
  ruby2.5 Jul 30, 2021, Jul 30, 2021, Mar 31, 2022`
  .split(/[|\n]/)
  .map((entry) => entry.trim())
  .filter((entry) => entry !== '')
  .map((entry) => [entry.split(' ')[0] ?? '', ...[...entry.matchAll(/\w+ \d+, \d+/g)].map(([date]) => day(date))]);

test('the documented steps of deprecated runtimes', () => {
  expect(DEPRECATED).toHaveLength(14);
  for (const [runtime = '', deprecation, blockCreate, blockUpdate] of DEPRECATED)
    expect([runtime, datesOf(runtime)]).toEqual([
      runtime,
      { deprecation, blockCreate, blockUpdate, phase: 'supported' },
    ]);
});

test.each([
  ['nodejs20.x', 'Apr 30, 2026'],
  ['nodejs18.x', 'Sep 1, 2025'],
  ['nodejs16.x', 'Jun 12, 2024'],
  ['nodejs14.x', 'Dec 4, 2023'],
  ['python3.9', 'Dec 15, 2025'],
  ['python3.8', 'Oct 14, 2024'],
  ['python3.7', 'Dec 4, 2023'],
  ['java8', 'Jan 8, 2024'],
  ['dotnet7', 'May 14, 2024'],
  ['dotnet6', 'Dec 20, 2024'],
  ['dotnet5.0', 'May 10, 2022'],
  ['ruby3.2', 'Mar 31, 2026'],
  ['ruby2.7', 'Dec 7, 2023'],
  ['go1.x', 'Jan 8, 2024'],
  ['provided', 'Jan 8, 2024'],
  ['provided.al2', 'Jul 31, 2026'],
])('%s was deprecated on %s', (runtime, date) => {
  expect(datesOf(runtime)?.deprecation).toBe(day(date));
});

// "Node.js 14: function creation from Jan 9, 2024"; a month after deprecation for those of Amazon Linux 1.
test.each([
  ['nodejs14.x', 'Jan 9, 2024'],
  ['python3.7', 'Jan 9, 2024'],
  ['ruby2.7', 'Jan 9, 2024'],
  ['java8', 'Feb 8, 2024'],
  ['go1.x', 'Feb 8, 2024'],
  ['provided', 'Feb 8, 2024'],
])('%s cannot be created from %s on; updates are blocked with those of other deprecated runtimes', (runtime, date) => {
  expect(datesOf(runtime)).toMatchObject({ blockCreate: day(date), blockUpdate: day('Mar 3, 2027') });
});

test('as the documented policy says, creation is blocked 30 days after deprecation or later, updates 60 days or later', () => {
  for (const [runtime = ''] of SUPPORTED) {
    const dates = datesOf(runtime);
    // A runtime of container images alone: nothing is blocked.
    if (dates === null || runtime === 'dotnet9') continue;
    const { deprecation, blockCreate, blockUpdate } = dates;
    expect([runtime, daysAfter(deprecation, blockCreate) >= 30]).toEqual([runtime, true]);
    expect([runtime, daysAfter(deprecation, blockUpdate) >= 60]).toEqual([runtime, true]);
  }
  expect(datesOf('dotnet9')).toMatchObject({ blockCreate: null, blockUpdate: null });
});
