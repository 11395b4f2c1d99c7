/** Rows and items of the AWS CLI, one by one: the forms of `--output text` and `--output yaml` in its user guide. */
import { describe, expect, test } from 'vitest';
import { exportEvent as event, START, STREAM, T } from '../../test/support/export-forms.ts';
import { eachYamlEvent, readTextOutput } from './cli-output.ts';

const EVENT_ID = '3'.repeat(56);
const filter = (message = START, ms = T): string => `EVENTS\t${EVENT_ID}\t${ms + 900}\t${STREAM}\t${message}\t${ms}\n`;
const get = (message = START, ms = T): string => `EVENTS\t${ms + 900}\t${message}\t${ms}\n`;
const whole = event({ stream: STREAM, id: EVENT_ID });

describe('text', () => {
  test.each([
    ['filter-log-events', filter(), [whole]],
    ['get-log-events', get(), [event()]],
    ['several', filter() + filter('x', T + 12), [whole, { ...whole, timestampMs: T + 12, message: 'x' }]],
    ['a newline at the end of the message', filter(`${START}\n`), [whole]],
    ['a message of several lines', get('a\n\tb\nc'), [event({ message: 'a\n\tb\nc' })]],
    ['a message with tabs', filter('a\tb'), [{ ...whole, message: 'a\tb' }]],
    ['no message', get(''), [event({ message: '' })]],
    ['blanks before it', `\n  ${get()}`, [event()]],
    ['tokens before it', `b/371\tf/372\n${get()}`, [event()]],
    ['a token alone before it', `f/1\n${get()}`, [event()]],
    ['NEXTTOKEN before it', `NEXTTOKEN\tabc\n${filter()}`, [whole]],
    ['searched streams before it', `SEARCHEDLOGSTREAMS\t${STREAM}\tTrue\nSEARCHEDLOGSTREAMS\n${filter()}`, [whole]],
    ['searched streams after it', `${filter()}SEARCHEDLOGSTREAMS\t${STREAM}\tTrue\n`, [whole]],
    ['a token after it', `${filter()}NEXTTOKEN\tabc\n`, [whole]],
    ['blanks after it', `${filter()}\n \n`, [whole]],
    ['tokens of both kinds', `b/371/s\tf/372/s\n${get()}`, [event()]],
    ['two pages', `f/1\tb/1\n${get()}f/2/s\tb/2/s\n${get('x')}`, [event(), event({ message: 'x' })]],
    ['a token alone after it', `${get()}f/2\n\n`, [event()]],
    ['a message with such a row', get('a\nf/2\nb'), [event({ message: 'a\nf/2\nb' })]],
    [
      'the longest stream',
      filter().replace(STREAM, 's'.repeat(600)),
      [event({ stream: 's'.repeat(600), id: EVENT_ID })],
    ],
  ])('%s', (_, text, events) => {
    expect(readTextOutput(text)).toEqual({ events, problems: [] });
  });

  test.each([
    ['an event without its time', 'EVENTS\tx'],
    ['a time of 12 digits', `EVENTS\t${T}\tx\t179568720100`],
    ['a time before Lambda', `EVENTS\t${T}\tx\t1300000000000`],
    ['a time of the century after', `EVENTS\t${T}\tx\t4200000000000`],
    ['an ingestion time that is none', `EVENTS\tx\tx\t${T}`],
  ])('%s is a problem, and costs no other event', (_, line) => {
    const problems = [{ reason: 'not-a-log-event', text: line }];
    expect(readTextOutput(`${line}\n`)).toEqual({ events: [], problems });
    expect(readTextOutput(`${filter()}${line}\n${get()}`)).toEqual({ events: [whole, event()], problems });
    expect(readTextOutput(`${line}\nSEARCHEDLOGSTREAMS\tx\tTrue\n`)).toEqual({ events: [], problems });
  });

  test('an id of 55 digits or a stream of 601 characters make it no event of filter-log-events', () => {
    const short = `EVENTS\t${'3'.repeat(55)}\t${T}\t${STREAM}\tx\t${T}`;
    const long = `EVENTS\t${EVENT_ID}\t${T}\t${'s'.repeat(601)}\tx\t${T}`;
    for (const line of [short, long])
      expect(readTextOutput(line)).toEqual({ events: [], problems: [{ reason: 'not-a-log-event', text: line }] });
  });

  test.each([
    '',
    'EVENTS',
    'EVENTS x',
    'events\tx',
    `x\n${get()}`,
    `x/1\n${get()}`,
    `b/\n${get()}`,
    `b/1 f/1\n${get()}`,
    `TOKEN\tx\n${get()}`,
    `XEVENTS\t${get()}`,
    `${`f/1\n`.repeat(1001)}${get()}`,
  ])('%j is none', (text) => {
    expect(readTextOutput(text)).toBeNull();
  });

  test('up to a thousand rows may stand before the first event', () => {
    expect(readTextOutput(`${`f/1\n`.repeat(1000)}${get()}`)?.events).toHaveLength(1);
  });
});

describe('YAML', () => {
  const item = (indent = '', message = 'x'): string => `${indent}- message: ${message}\n${indent}  timestamp: ${T}\n`;
  const one = { message: 'x', timestamp: T };
  const read = (events: readonly unknown[], unreadable: readonly string[] = []) => ({ events, unreadable });
  const readYamlOutput = (text: string) => {
    const events: unknown[] = [];
    const unreadable = eachYamlEvent(text, (event) => events.push(event));
    if (unreadable === null) expect(events).toEqual([]);
    return unreadable === null ? null : read(events, unreadable);
  };

  test.each([
    ['events', `events:\n${item()}`],
    ['events of several items', `events:\n${item()}${item()}`, 2],
    ['events that are indented', `events:\n${item('  ')}`],
    ['events of eight blanks', `events:\n${item(' '.repeat(8))}`],
    ['a list alone', item()],
    ['a list of several items', item() + item() + item(), 3],
    ['a list below a marker', `---\n${item()}`],
    ['events below a marker', `--- \nevents:\n${item()}`],
    ['blank lines before it', `\n \nevents:\n${item()}`],
    ['blank lines before a list', `\n \t\n${item()}`],
    ['a page of yaml-stream', `- events:\n${item('  ')}`],
    ['two pages of yaml-stream', `- events:\n${item('  ')}- events:\n${item('  ')}`, 2],
    ['nextToken before it', `nextToken: abc\nevents:\n${item()}`],
    ['NextToken before it', `NextToken: abc\nevents:\n${item()}`],
    ['nextForwardToken before it', `nextForwardToken: f/1\nevents:\n${item()}`],
    ['nextBackwardToken before it', `nextBackwardToken: b/1\nnextForwardToken: f/1\nevents:\n${item()}`],
    ['searched streams before it', `searchedLogStreams:\n- logStreamName: a\n  searched: true\nevents:\n${item()}`],
    ['nextToken after it', `events:\n${item()}nextToken: abc\n`],
    ['NextToken after it', `events:\n${item()}NextToken: abc\n`],
    ['nextForwardToken after it', `events:\n${item()}nextForwardToken: f/1\nnextBackwardToken: b/1\n`],
    ['nextBackwardToken after it', `events:\n${item()}nextBackwardToken: b/1\n`],
    ['searched streams after it', `events:\n${item()}searchedLogStreams: []\n`],
    ['searched streams as items after it', `events:\n${item()}searchedLogStreams:\n- logStreamName: a\n`],
    ['a key after a list that is indented', `events:\n${item('  ')}nextToken: abc\n`],
    ['a key at the indentation of the list', `- events:\n${item('  ')}  nextToken: abc\n`],
    ['the end of the document', `${item()}...\n`],
    ['quoted keys', `- "message": x\n  "timestamp": ${T}\n`],
    ['keys in single quotes', `- 'message': x\n  'timestamp': ${T}\n`],
    ['the time first', `- timestamp: ${T}\n  message: x\n`],
  ])('%s', (_, text, n = 1) => {
    expect(readYamlOutput(text)).toEqual(read(Array.from({ length: n }, () => one)));
  });

  test('other keys stay, and messages with a comment go to the parser', () => {
    expect(readYamlOutput(`- eventId: '7'\n${item().replace('- ', '  ')}`)).toEqual(read([{ eventId: '7', ...one }]));
    expect(readYamlOutput(`- message: x # y\n  timestamp: ${T}\n`)).toEqual(read([one]));
    expect(readYamlOutput(`- eventTime: ${T}\n  message: x\n`)).toEqual(read([{ eventTime: T, message: 'x' }]));
    expect(readYamlOutput('- timestamp: "2026-11-26T10:00:01Z"\n  message: "a\\nb"\n')).toEqual(
      read([{ timestamp: '2026-11-26T10:00:01Z', message: 'a\nb' }]),
    );
  });

  test.each([
    ['a number', `- - ${T}\n  - x\n`, { timestamp: T, message: 'x' }],
    ['a text', `- - '2026-11-26T10:00:01Z'\n  - x\n`, { timestamp: '2026-11-26T10:00:01Z', message: 'x' }],
    [
      'a text in quotes',
      `- - "2026-11-26T10:00:01+01:00"\n  - x\n`,
      { timestamp: '2026-11-26T10:00:01+01:00', message: 'x' },
    ],
    ['indented', `  - - ${T}\n    - x\n`, { timestamp: T, message: 'x' }],
  ])('pairs: %s', (_, text, expected) => {
    expect(readYamlOutput(text)).toEqual(read([expected]));
    expect(readYamlOutput(text + text)).toEqual(read([expected, expected]));
  });

  test.each([
    ['the second at another column', `- - ${T}\n   - x\n`],
    ['a word first', '- - when\n  - x\n'],
    ['a short number first', '- - 2026\n  - x\n'],
    ['the time alone', `- - ${T}\n`],
  ])('no pair: %s', (_, text) => {
    expect(readYamlOutput(text)).toBeNull();
  });

  test.each([
    ['an item without a message', `- timestamp: ${T}\n`],
    ['an item without a time', '- message: x\n'],
    ['an item with a key twice', `- message: x\n  message: y\n  timestamp: ${T}\n`],
    ['an item with a list', `- message: [x]\n  timestamp: ${T}\n`],
    ['a quote that does not end', `- message: "x\n  timestamp: ${T}\n`],
    ['a text', '- text\n'],
  ])('%s is unreadable, and costs no other one', (_, bad) => {
    expect(readYamlOutput(`events:\n${item()}${bad}${item()}`)).toEqual(read([one, one], [bad]));
  });

  test.each([
    ['an empty page', '- events:\n', read([])],
    ['a page of blanks', '- events:  \n\n', read([])],
    [
      'a page without events between others',
      `- events:\n${item('  ')}- events:\n- events:\n${item('  ')}`,
      read([one, one]),
    ],
    ['query results', 'results:\n- - field: a\n    value: b\n', read([], ['results:\n- - field: a\n    value: b\n'])],
    [
      'query results that are indented',
      '---\nresults:\n  - - field: a\n',
      read([], ['---\nresults:\n  - - field: a\n']),
    ],
  ])('%s', (_, text, expected) => {
    expect(readYamlOutput(text)).toEqual(expected);
  });

  test.each([
    ['nothing', ''],
    ['text', 'START RequestId: 1'],
    ['a list of words', '- a\n- b\n'],
    ['a list whose first item is no event', `- a: b\n${item()}`],
    ['another key before it', `config: x\nevents:\n${item()}`],
    ['events that are no list', 'events: 5\n'],
    ['events of texts', 'events:\nx\n'],
    ['results of maps', 'results:\n- field: a\n'],
    ['a list of nine blanks', item(' '.repeat(9))],
    ['a list in the middle', `x\n${item()}`],
    ['five keys before it', `${'nextToken: a\n'.repeat(5)}events:\n${item()}`],
  ])('%s is none', (_, text) => {
    expect(readYamlOutput(text)).toBeNull();
  });

  test('four keys may stand before it', () => {
    expect(readYamlOutput(`${'nextToken: a\n'.repeat(4)}events:\n${item()}`)).toEqual(read([one]));
  });

  test('what follows a thousand unreadable items is not parsed', () => {
    const bad = '- a: b\n';
    const found = readYamlOutput(`events:\n${bad.repeat(1003)}${item()}`);
    expect(found?.events).toEqual([]);
    expect(found?.unreadable).toHaveLength(1001);
    expect(found?.unreadable.at(-1)).toBe(`${bad.repeat(3)}${item()}`);
    expect(readYamlOutput(`events:\n${bad.repeat(999)}${item()}`)?.events).toEqual([one]);
  });

  test('up to 8,192 characters are given to the parser, whichever items have them', () => {
    const parsed = (chars: number): string => {
      const [before, after] = [`- message: ${'y'}`, ` # c\n  timestamp: ${T}\n`];
      return before + 'y'.repeat(chars - before.length - after.length) + after;
    };
    expect(parsed(100)).toHaveLength(100);
    expect(readYamlOutput(`events:\n${parsed(8192)}`)?.events).toHaveLength(1);
    expect(readYamlOutput(`events:\n${parsed(8193)}`)?.events).toHaveLength(0);
    expect(readYamlOutput(`events:\n${parsed(8092)}${parsed(100)}`)?.events).toHaveLength(2);
    expect(readYamlOutput(`events:\n${parsed(8093)}${parsed(100)}`)?.events).toHaveLength(1);
  });

  test('an item of 4,000,000 characters is read', () => {
    const long = (chars: number): string => item('', 'x'.repeat(chars - item('', '').length));
    expect(long(50)).toHaveLength(50);
    expect(readYamlOutput(`events:\n${long(4_000_000)}`)?.events).toHaveLength(1);
    expect(readYamlOutput(`events:\n${long(4_000_001)}`)).toMatchObject({
      events: [],
      unreadable: [expect.any(String)],
    });
  });
});
