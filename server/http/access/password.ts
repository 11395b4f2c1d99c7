/** Password hashing with argon2id (RFC 9106), off the event loop. The library is loaded on first use. */
import type { Algorithm } from '@node-rs/argon2';

/** 64 MiB and three passes: above OWASP's minimum, and tens of milliseconds per hash. */
const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1 };
export const LONGEST_PASSWORD = 128;

/** Hashes a password. Returns a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await import('@node-rs/argon2');
  return hash(password.normalize('NFKC'), PARAMETERS);
}

/** Verifies a password. Takes equally long if no password is set as for a wrong one. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  try {
    const same = await verify(stored ?? (await decoy()), password.normalize('NFKC'));
    return same && stored !== null;
  } catch {
    return false;
  }
}

/** Whether a stored hash was created with other parameters than the current ones. */
export function isOutdated(stored: string): boolean {
  return !stored.includes(`m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`);
}

let decoyHash: Promise<string> | undefined;

function decoy(): Promise<string> {
  decoyHash ??= hashPassword('nobody set a password');
  return decoyHash;
}
