/** Objects of names and values are those that assignment makes, however many lists of names a text has. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObjectShapes } from './object-shapes.ts';

const NAME = fc.oneof(fc.constantFrom('a', 'b', 'date', '0', '12', '', '__proto__', 'constructor', 'é'), fc.string());
const MEMBERS = fc.array(fc.tuple(NAME, fc.oneof(fc.integer(), fc.string(), fc.constant(null))), { maxLength: 6 });

test('names, order and values, with the last of those that are repeated', () => {
  fc.assert(
    fc.property(fc.array(MEMBERS, { maxLength: 200 }), (records) => {
      const shapes = new ObjectShapes();
      for (const members of records) {
        const names = ['before', ...members.map(([name]) => name), 'after'];
        const values = [1, ...members.map(([, value]) => value), 2];
        const made = shapes.object(names, values, 1, 1 + members.length);
        expect(Object.entries(made)).toEqual(Object.entries(Object.fromEntries(members)));
        expect(JSON.stringify(made)).toBe(JSON.stringify(Object.fromEntries(members)));
      }
    }),
  );
});

test('objects with names of their own do not share the members of others', () => {
  const shapes = new ObjectShapes();
  const objects = Array.from({ length: 500 }, (_, at) => shapes.object([`a${at}`, 'b'], [at, 'x'], 0, 2));
  expect(objects[0]).toEqual({ a0: 0, b: 'x' });
  expect(objects[499]).toEqual({ a499: 499, b: 'x' });
  expect(objects.every((one) => !('a1000' in one) && !('polluted' in one))).toBe(true);
  expect(shapes.object(['__proto__'], [{ polluted: 1 }], 0, 1)).not.toHaveProperty('polluted');
});
