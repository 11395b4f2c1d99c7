/**
 * Which passwords local users may choose. Length is what counts (NIST SP 800-63B): no rules of composition, but none that is guessed
 * first. Pure.
 */
import { SHORTEST_PASSWORD } from '../contract/password-limits.ts';

/** Characters that differ, at least: repetitions and rows of digits have few. */
const LEAST_DIFFERENT = 5;
/** What guesses of long passwords begin with, without digits and signs at their ends. */
const COMMON = [
  ...(['password', 'passwort', 'passw0rd', 'motdepasse', 'contraseña', 'qwerty', 'qwertyuiop', 'qwertz'] as const),
  ...(['asdfghjkl', 'zxcvbnm', 'abcdefghijkl', 'letmein', 'welcome', 'iloveyou', 'administrator', 'admin'] as const),
  ...(['changeme', 'changemenow', 'thermocline', 'monkey', 'dragon', 'sunshine', 'football', 'baseball'] as const),
];
const ROWS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

/** What is wrong with a password for a user of this name; null if nothing is. Its length is checked by the schema. */
export function passwordFault(password: string, name: string): string | null {
  const text = password.normalize('NFKC').toLowerCase();
  const owner = name.normalize('NFKC').toLowerCase().replace(/@.*$/, '');
  if (new Set(text).size < LEAST_DIFFERENT) return `expected at least ${LEAST_DIFFERENT} different characters`;
  if (owner.length > 2 && text.replaceAll(owner, '').length < SHORTEST_PASSWORD - 2)
    return 'expected a password that does not consist of the user name';
  const core = text.replaceAll(/^\P{L}+|\P{L}+$/gu, '');
  const isRow = ROWS.some(
    (row) => (row + row).includes(text) || [...row].toReversed().join('').repeat(2).includes(text),
  );
  if (COMMON.some((common) => core === common || core === common.repeat(2)) || core === '' || isRow)
    return 'expected a password that is not among the first that are guessed: several words, for example';
  return null;
}
