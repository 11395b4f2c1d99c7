import { expect, test } from 'vitest';
import { Admission, KeyAdmission } from './admission.ts';

test('an empty queue admits any body; a slow queue refuses bodies until it is shorter', () => {
  let nowMs = 0;
  const admission = new Admission(() => nowMs);
  expect(admission.admits()).toBe(true);
  admission.enter(90_000_000);
  expect(admission.admits()).toBe(false);
  nowMs += 10_000;
  admission.leave(90_000_000);
  expect(admission.admits()).toBe(true);
  // // Measured throughput is now 9 MB/s, so a queue that takes longer than a second refuses bodies.
  for (let at = 0; at < 40; at += 1) {
    admission.enter(900_000);
    nowMs += 100;
    admission.leave(900_000);
  }
  admission.enter(8_500_000);
  expect(admission.admits()).toBe(true);
  admission.enter(1_500_000);
  expect(admission.admits()).toBe(false);
  admission.leave(8_500_000);
  expect(admission.admits()).toBe(true);
});

test('a key whose bodies take long is refused by itself', () => {
  let nowMs = 0;
  const admission = new KeyAdmission(() => nowMs);
  const slow = admission.of('slow');
  for (let at = 0; at < 10; at += 1) {
    slow.enter(100_000);
    nowMs += 30_000;
    slow.leave(100_000);
  }
  slow.enter(1_500_000);
  slow.enter(1_500_000);
  expect(slow.admits()).toBe(false);
  expect(admission.of('slow')).toBe(slow);
  const other = admission.of('other');
  other.enter(1_500_000);
  expect(other.admits()).toBe(true);
});
