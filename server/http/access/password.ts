/**
 * Password hashing with argon2id (RFC 9106), off the event loop and in a lane of its own: memory is that of one hash. The
 * library is loaded on first use.
 */
import type { Algorithm } from '@node-rs/argon2';
import { HashingLane } from './hashing-lane.ts';

/** Three passes: above OWASP's minimum with 19 MiB and with 64, and tens of milliseconds per hash. */
const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, timeCost: 3, parallelism: 1 };
/** Memory of one hash, KiB, where there is enough. */
const USUAL_KIB = 65_536;
/** One hash at a time; eight more wait for a second or so. */
const lane = new HashingLane(1, 8);

/** Hashes a password with `kib` of memory. Returns a PHC string. @throws LaneFullError */
export function hashPassword(password: string, kib = USUAL_KIB): Promise<string> {
  return lane.run(() => hashNow(password, kib));
}

/** Verifies a password. Takes equally long if no password is set as for a wrong one. @throws LaneFullError */
export function isPassword(password: string, stored: string | null, kib = USUAL_KIB): Promise<boolean> {
  return lane.run(async () => {
    const { verify } = await import('@node-rs/argon2');
    try {
      const same = await verify(stored ?? (await decoy(kib)), password.normalize('NFKC'));
      return same && stored !== null;
    } catch {
      return false;
    }
  });
}

async function hashNow(password: string, kib: number): Promise<string> {
  const { hash } = await import('@node-rs/argon2');
  return hash(password.normalize('NFKC'), { ...PARAMETERS, memoryCost: kib });
}

/** Whether a stored hash was created with other parameters than the current ones. */
export function isOutdated(stored: string, kib = USUAL_KIB): boolean {
  return !stored.includes(`m=${kib},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`);
}

/** By memory: a hash with less of it takes less time. */
const decoyHashes = new Map<number, Promise<string>>();

function decoy(kib: number): Promise<string> {
  const known = decoyHashes.get(kib) ?? hashNow('nobody set a password', kib);
  decoyHashes.set(kib, known);
  return known;
}
