import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

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
