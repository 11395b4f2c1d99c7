/** The last time that was known to be right, in the settings of the control plane. Runs in the writer's thread. */
import type Database from 'better-sqlite3';
import type { ClockNote, KnownTime } from '../../ports.ts';
import { clockMark, parseStored } from '../../stored-json.ts';

const KEY = 'clock.mark';

/** Returns what is stored, then stores the mark of the note if it has one. */
export function noteClock(telemetry: Database.Database, control: Database.Database, { mark }: ClockNote): KnownTime {
  const text = control.prepare('SELECT value FROM setting WHERE key = ?').pluck().get(KEY);
  const known = typeof text === 'string' ? parseStored(clockMark, text, 'setting clock.mark') : null;
  const lastReceiptMs = telemetry.prepare('SELECT max(received_ms) FROM kept_day').pluck().get() as number | null;
  if (mark !== null) {
    control
      .prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(KEY, JSON.stringify(mark));
  }
  return { mark: known, lastReceiptMs };
}
