import { expect, test, vi } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { EventStreams } from './event-streams.ts';
import { ProblemList } from './problem-list.ts';

const event = { timestampMs: 1_795_888_751_426, id: '', message: 'x' };

function added(logGroup: string, logStreams: readonly string[]) {
  const problems = new ProblemList();
  const streams = new EventStreams(problems);
  for (const logStream of logStreams) streams.add({ account: '', region: '', logGroup, logStream }, event);
  return { streams: streams.finish().length, problems: problems.finish() };
}

test('streams of one name in several groups, regions and accounts stay apart, in whatever order their events come', () => {
  const place = { account: '1', region: 'eu-west-1', logGroup: 'g', logStream: 's' };
  const places = [place, { ...place, account: '2' }, { ...place, region: 'eu-west-2' }, { ...place, logGroup: 'h' }];
  const streams = new EventStreams(new ProblemList());
  for (const message of ['first', 'second'])
    for (const [at, identity] of places.entries()) streams.add({ ...identity }, { ...event, id: String(at), message });
  expect(streams.finish()).toMatchObject(
    places.map((identity, at) => ({
      identity,
      events: [
        { id: String(at), message: 'first' },
        { id: String(at), message: 'second' },
      ],
    })),
  );
});

test.each([
  [1024, 1, []],
  [1025, 0, [{ reason: 'name-too-long', text: 'x' }]],
])('a name of %i characters', (chars, streams, problems) => {
  expect(added('g'.repeat(chars), ['s'])).toEqual({ streams, problems });
  expect(added('g', ['s'.repeat(chars)])).toEqual({ streams, problems });
});

test('5,000 log streams with names that no function has, and more with those of functions', () => {
  const named = (n: number, prefix: string) =>
    Array.from({ length: n }, (_, at) => prefix + String(at).padStart(6, '0'));
  const prefix = '2026/11/20/[1]0123456789abcdef0123456789';
  expect(added('g', named(5000, 's'))).toEqual({ streams: 5000, problems: [] });
  const { streams, problems } = added('g', [...named(5002, 's'), ...named(6000, prefix)]);
  expect([streams, problems.length, problems[0]?.reason]).toEqual([11_000, 2, 'too-many-streams']);
});

test('a long name of a log group that many streams share costs what it takes once', () => {
  const names = Array.from({ length: 3000 }, (_, at) => `s${at}`);
  const read = (chars: number) => (): unknown => added('g'.repeat(chars), names);
  expect(leastCpuRatio(read(200_000), read(8), 10)).toBeLessThan(10);
});

test('events that name no function are written as text only if they are kept, or an example of the others', () => {
  const stringify = vi.spyOn(JSON, 'stringify');
  const problems = new ProblemList();
  const streams = new EventStreams(problems);
  const identity = { account: '', region: '', logGroup: '', logStream: '' };
  for (let at = 0; at < 5100; at += 1) streams.add(identity, { ...event, timestampMs: at, message: `m${at}` });
  expect(stringify).toHaveBeenCalledTimes(5001);
  stringify.mockRestore();
  const found = problems.finish();
  expect(found[1]).toEqual({ reason: 'function-not-named', text: '{"timestamp":1,"message":"m1"}' });
  expect(found.at(-1)).toEqual({ reason: 'function-not-named', text: '{"timestamp":5000,"message":"m5000"}', n: 100 });
});
