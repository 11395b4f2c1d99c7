/** Templates of bodies that are not JSON are refused with the place, whatever the values are. */
import { describe, expect, test } from 'vitest';
import { isJson } from '../../../ingest/text/json-syntax.ts';
import { jsonErrorAt } from './json-error.ts';
import { templateProblem } from './sample-notification.ts';

describe('where a text stops being JSON', () => {
  test.each([
    '{}',
    ' [ ] ',
    '"a\\u00e9\\n"',
    '-0.5e+3',
    'null',
    '{"a":[1,{"b":null}],"c":"d"}',
    '[true,false]\n',
    '{"a" : 1 , "b" : [ ] }',
  ])('%j is JSON', (text) => {
    expect(jsonErrorAt(text)).toBeNull();
    expect(isJson(text)).toBe(true);
  });

  test.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":', 5],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{"a":1 "b":2}', 7],
    ['{a:1}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1}', 2],
    ['{} x', 3],
    ['01', 1],
    ['nul', 0],
    ['"a\nb"', 2],
    ['"a\\x"', 2],
    ['"abc', 4],
    ["{'a':1}", 1],
    ['\ufeff{}', 0],
  ])('%j stops at %i', (text, at) => {
    expect(jsonErrorAt(text)).toBe(at);
    expect(isJson(text)).toBe(false);
  });
});

describe('templates', () => {
  test.each([
    '{"text":"{{summary}}"}',
    '"{{summary}}"',
    '{"n":{{n}},"value":{{value}},"coverage":{{coverage}},"unknown":{{unknown}},"left":{{truncated}}}',
    '{"{{labels.function}}":["{{labels.team}}","{{annotations.note|markdown}}"],"low":{{interval.0}},"both":{{interval}}}',
    '{"all":"{{evidence}} {{others.0.labels}} {{rule.runbookUrl}} {{endsAt}} {{reason}} {{links.ui}}"}',
    '{"text":"{{ not a field }}"}',
  ])('accepted: %s', (template) => {
    expect(templateProblem(template)).toBeNull();
  });

  const needsQuotes = (field: string) => `: ${field} needs quotes around it`;
  test.each([
    ['{{summary}}', `line 1, character 1${needsQuotes('{{summary}}')}`],
    ['{\n  "a": {{labels.function}}\n}', `line 2, character 8${needsQuotes('{{labels.function}}')}`],
    // Null while it fires, and a time afterwards.
    ['{"a": {{n}}, "until": {{endsAt}}}', `line 1, character 23${needsQuotes('{{endsAt}}')}`],
    ['{"a": {{ rule.runbookUrl | plain }}}', `line 1, character 7${needsQuotes('{{ rule.runbookUrl | plain }}')}`],
    ['{"a": {{evidence}}}', `line 1, character 7${needsQuotes('{{evidence}}')}`],
    ['{"a": "{{summary}}", }', 'line 1, character 22'],
    ['{"a": "{{summary}}"\n "b": 1}', 'line 2, character 2'],
    ['{"a": "one\ntwo"}', 'line 1, character 11'],
    ['text={{summary}}', 'line 1, character 1'],
    ["{'a': '{{summary}}'}", 'line 1, character 2'],
  ])('refused: %j', (template, place) => {
    expect(templateProblem(template)).toBe(`is not JSON at ${place}`);
  });

  test.each(['', ' ', '{"a": "{{summary}}"', '{"a": "{{summary}}'])('ends too early: %j', (template) => {
    expect(templateProblem(template)).toBe('is not JSON: it ends too early');
  });
});
