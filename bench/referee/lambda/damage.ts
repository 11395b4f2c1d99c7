/** Simulates lossy delivery: some events of a log group never arrive, some arrive twice. */
import type { LogEvent } from './log-event.ts';
import type { Random } from './random.ts';

export interface Damage {
  /** Share of START lines (text or JSON) that never arrive. */
  readonly lostStarts: number;
  readonly lostReports: number;
  readonly lostInitStarts: number;
  /** Share of events that are delivered a second time, with the same id. */
  readonly repeated: number;
}

export const UNDAMAGED: Damage = { lostStarts: 0, lostReports: 0, lostInitStarts: 0, repeated: 0 };

/** The events that arrive. The second copy of a repeated event follows the first immediately. */
export function damaged(events: readonly LogEvent[], damage: Damage, random: Random): readonly LogEvent[] {
  const arriving: LogEvent[] = [];
  for (const event of events) {
    if (random.uniform() < lostShare(event.message, damage)) continue;
    arriving.push(event);
    if (random.uniform() < damage.repeated) arriving.push(event);
  }
  return arriving;
}

function lostShare(message: string, damage: Damage): number {
  if (message.startsWith('START ') || message.includes('"platform.start"')) return damage.lostStarts;
  if (message.startsWith('REPORT ') || message.includes('"platform.report"')) return damage.lostReports;
  if (message.startsWith('INIT_START ') || message.includes('"platform.initStart"')) return damage.lostInitStarts;
  return 0;
}
