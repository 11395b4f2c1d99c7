/** Reads the clocks of the machine. */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { ClockSource } from './guarded-clock.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The clocks of this machine. Where the start of the machine has no id, each start of the process counts as one. */
export function systemClock(): ClockSource {
  return {
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    uptime: () => uptime() * 1000,
    bootId: bootId(),
  };
}

/** A clock that is right by definition, such as that of a test or of a command with a given time. */
export function givenClock(now: () => number): ClockSource {
  return { wall: now, monotonic: now, uptime: now, bootId: 'given' };
}

function bootId(): string {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return '';
  }
}
