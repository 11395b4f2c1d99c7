/**
 * Password hashing with argon2id (RFC 9106), off the event loop and in a lane of its own: memory is that of one hash. The
 * library is loaded on first use.
 */
import type { Algorithm } from '@node-rs/argon2';
import { HashingLane } from './hashing-lane.ts';

/** 64 MiB and three passes: above OWASP's minimum, and tens of milliseconds per hash. */
const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1 };
export const LONGEST_PASSWORD = 128;
/** One hash at a time; eight more wait for a second or so. */
const lane = new HashingLane(1, 8);

/** Hashes a password. Returns a PHC string. @throws LaneFullError */
export function hashPassword(password: string): Promise<string> {
  return lane.run(() => hashNow(password));
}

/** Verifies a password. Takes equally long if no password is set as for a wrong one. @throws LaneFullError */
export function isPassword(password: string, stored: string | null): Promise<boolean> {
  return lane.run(async () => {
    const { verify } = await import('@node-rs/argon2');
    try {
      const same = await verify(stored ?? (await decoy()), password.normalize('NFKC'));
      return same && stored !== null;
    } catch {
      return false;
    }
  });
}

async function hashNow(password: string): Promise<string> {
  const { hash } = await import('@node-rs/argon2');
  return hash(password.normalize('NFKC'), PARAMETERS);
}

/** Whether a stored hash was created with other parameters than the current ones. */
export function isOutdated(stored: string): boolean {
  return !stored.includes(`m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`);
}

let decoyHash: Promise<string> | undefined;

function decoy(): Promise<string> {
  decoyHash ??= hashNow('nobody set a password');
  return decoyHash;
}
