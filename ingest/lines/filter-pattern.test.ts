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

const EVERY = ERROR_TERMS;
const without = (...passed: readonly string[]) => EVERY.filter((term) => !passed.includes(term));

test.each<[string, string, readonly string[]]>([
  ['one word', '?panic', without('panicked at', 'panic: ')],
  ['one text', '?"Error loading"', without('Error loading')],
  ['a word and a text', '?panic ?"Error loading"', without('panicked at', 'panic: ', 'Error loading')],
  ['a tab between', '?panic\t?errorMessage', without('panicked at', 'panic: ', 'errorMessage')],
  ['a word with signs', '?: ?errorMessage', without('panic: ', ': errorString', 'errorMessage')],
  ['an escaped character', '?"\\Exception"', without('Exception', 'Uncaught Exception')],
  ['escaped quotes', '?"a \\"b\\"" ?errorMessage', without('errorMessage')],
  ['an empty text', '?"" ?errorMessage', EVERY],
  ['no blank between', '?panic?errorMessage', EVERY],
  ['no blank behind a text', '?"panic"?errorMessage', EVERY],
  ['a question mark alone', '?', EVERY],
  ['a blank behind the mark', '? panic', EVERY],
  ['a word first', 'panic ?errorMessage', EVERY],
  ['a word last', '?errorMessage panic', EVERY],
  ['an excluded alternative', '?-panic', EVERY],
  ['a text that is not closed behind an alternative', '?panic ?"Error loading', EVERY],
])('what a pattern drops: %s', (_, pattern, dropped) => {
  expect(droppedErrorTerms(pattern)).toEqual(dropped);
});
