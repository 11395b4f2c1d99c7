/** Parses EXTENSION, TELEMETRY and LOGS: the extensions of an environment and their subscriptions. */
import type { LineResult } from '../records/platform-line.ts';
import { bracketList, firstWord, scanFields, unescapeSeparators } from './fields.ts';

/** Parses a message that starts with "EXTENSION", "TELEMETRY" or "LOGS" and a separator. */
export function parseExtension(message: string, word: 'EXTENSION' | 'TELEMETRY' | 'LOGS'): LineResult {
  const text = unescapeSeparators(message.slice(0, 4096));
  if (!/^\s{1,8}Name:/.test(text.slice(word.length, word.length + 16))) {
    return { ok: false, reason: 'not-platform' };
  }
  const fields = scanFields(text, word.length);
  const name = firstWord(fields.get('Name'));
  const state = fields.get('State') ?? '';
  if (name === null) return { ok: false, reason: 'extension-without-name' };
  if (state === '') return { ok: false, reason: 'not-platform' };
  if (word === 'EXTENSION') {
    const events = bracketList(fields.get('Events'));
    if (events === null) return { ok: false, reason: 'not-platform' };
    const errorType = firstWord(fields.get('Error Type'));
    return { ok: true, time: null, line: { kind: 'extension', name, state, events, errorType } };
  }
  const types = bracketList(fields.get('Types'));
  if (types === null) return { ok: false, reason: 'not-platform' };
  const kind = word === 'TELEMETRY' ? 'telemetry-subscription' : 'logs-subscription';
  return { ok: true, time: null, line: { kind, name, state, types } };
}
