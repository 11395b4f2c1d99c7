/** The semantics are those of the CloudWatch Logs user guide, "Filter pattern syntax for unstructured log events". */
import { expect, test } from 'vitest';
import { droppedErrorTerms } from './filter-pattern.ts';
import { ERROR_TERMS, PLATFORM_FILTER, PLATFORM_TERMS } from './platform-terms.ts';

const alternatives = (terms: readonly string[]): string => terms.map((term) => `?"${term}"`).join(' ');

test.each([
  ['ours', PLATFORM_FILTER],
  ['none: every line', ''],
  ['blanks', '  '],
  ['ours with spare blanks', `  ${PLATFORM_FILTER.replaceAll(' ?', '   ?')} `],
  ['ours with a word of a newer version', `${PLATFORM_FILTER} ?"a future line" ?word`],
  ['ours without words that are not of errors', alternatives(['RequestId:', ...ERROR_TERMS])],
  [
    'wider: shorter words',
    alternatives([
      'RequestId:',
      'Error',
      'Exception',
      'Promise',
      'recent',
      'errorM',
      'exception',
      'panic',
      'errorS',
      'Lambda',
    ]),
  ],
])('passes every error that runtimes report: %s', (_, pattern) => {
  expect(droppedErrorTerms(pattern)).toEqual([]);
});

test('an older pattern of ours drops the words that it did not have yet', () => {
  const older = alternatives(PLATFORM_TERMS.filter((term) => !['panicked at', 'Lambda runtime invoke'].includes(term)));
  expect(droppedErrorTerms(older)).toEqual(['panicked at', 'Lambda runtime invoke']);
});

test.each([
  ['platform lines only', '?"RequestId:" ?"INIT_START" ?"platform."'],
  ['one required word', 'REPORT'],
  ['ours beside a required word', `${PLATFORM_FILTER} REPORT`],
  ['ours beside an excluded word', `${PLATFORM_FILTER} -"health"`],
  ['JSON', '{ $.type = "platform.report" }'],
  ['columns', '[first=REPORT, ...]'],
  ['a regular expression', '%REPORT|START%'],
  ['an alternative that is a regular expression', '?%.*% ?"RequestId:"'],
  ['another case', '?"exception" ?"INVOKE ERROR"'],
  ['a longer word', '?"Exception in thread main"'],
  ['an open quote', '?"Exception'],
])('may drop errors: %s', (_, pattern) => {
  expect(droppedErrorTerms(pattern)).toContain('Invoke Error');
});
