/** Days of a stream on which errors of the runtime would have been received. */
import { expect, test } from 'vitest';
import type { FilterDay } from '../records/batch.ts';
import { UNKNOWN_STREAM } from '../records/log-event.ts';
import { DAY_MS } from '../records/time.ts';
import { beginRequest, endRequest, newState, OpenStream } from './open-stream.ts';

const open = (errors: ConstructorParameters<typeof OpenStream>[0]) =>
  new OpenStream(errors, () => newState(0, { logStream: 's' }));

/** Days of errors, and those of which filters decide. */
function daysOf(stream: OpenStream, index = 0) {
  const errorDays: [stream: number, day: number][] = [];
  const filterDays: FilterDay[] = [];
  stream.addDays(index, errorDays, filterDays);
  return [errorDays, filterDays];
}

test('errors of every day of the events are known if all events arrive', () => {
  const stream = open(true);
  expect(daysOf(stream)).toEqual([[], []]);
  for (const day of [3, 3, 1, 2, 3, 1]) stream.sees(day * DAY_MS + 5);
  expect(daysOf(stream, 4)).toEqual([
    [
      [4, 3],
      [4, 1],
      [4, 2],
    ],
    [],
  ]);
});

test('the filters decide of the days without another line of the runtime', () => {
  const filters = [['f', true]] as const;
  const stream = open(filters);
  for (const day of [1, 2, 3, 2]) stream.sees(day * DAY_MS);
  stream.seesErrors(2 * DAY_MS + 1);
  expect(daysOf(stream, 7)).toEqual([
    [[7, 2]],
    [
      [7, 1, filters],
      [7, 3, filters],
    ],
  ]);
  stream.seesErrors(3 * DAY_MS);
  expect(daysOf(stream, 7)).toEqual([
    [
      [7, 2],
      [7, 3],
    ],
    [[7, 1, filters]],
  ]);
});

test('nothing is known without filters', () => {
  const stream = open([]);
  stream.sees(DAY_MS);
  expect(daysOf(stream)).toEqual([[], []]);
});

test('the open request of an unknown stream is the only one that is open', () => {
  const state = newState(0, { logStream: UNKNOWN_STREAM });
  beginRequest(state, 'a');
  expect(state.openRequestId).toBe('a');
  beginRequest(state, 'b');
  expect(state.openRequestId).toBeNull();
  endRequest(state, 'a');
  expect(state.openRequestId).toBe('b');
  endRequest(state, 'b');
  expect(state.openRequestId).toBeNull();
});
