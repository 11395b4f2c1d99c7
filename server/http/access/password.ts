/** The operator's password: argon2id (RFC 9106), hashed off the event loop. The library is loaded when a password is. */
import type { Algorithm } from '@node-rs/argon2';

/** 64 MiB, three passes: beyond the least that OWASP recommends, and a few tens of milliseconds. */
const PARAMETERS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1 };
export const LONGEST_PASSWORD = 128;

/** A PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await import('@node-rs/argon2');
  return hash(password.normalize('NFKC'), PARAMETERS);
}

/** Takes as long for a password that was never set as for a wrong one. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  try {
    const same = await verify(stored ?? (await decoy()), password.normalize('NFKC'));
    return same && stored !== null;
  } catch {
    return false;
  }
}

/** Whether a stored hash was made with less than is used today. */
export function isOutdated(stored: string): boolean {
  return !stored.includes(`m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`);
}

let decoyHash: Promise<string> | undefined;

function decoy(): Promise<string> {
  decoyHash ??= hashPassword('nobody set a password');
  return decoyHash;
}
