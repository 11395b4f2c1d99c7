/** Identifiers and dates as in AWS's documentation of Lambda runtimes; printed forms as in public log captures. */
import { expect, test } from 'vitest';
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
  `python:${'9'.repeat(99)}`,
])('the form %j is unknown', (printed) => {
  expect(identifierOf(printed)).toBeNull();
});

test('the newest INIT_START decides, inventory adds the operating system', () => {
  expect(runtimeOf({ runtime: 'nodejs18.x', runtimeVersion: 'nodejs:22.v31' })).toBe('nodejs22.x');
  expect(runtimeOf({ runtime: 'java17.al2023', runtimeVersion: 'java:17.v66' })).toBe('java17.al2023');
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
