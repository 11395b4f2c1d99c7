/** How the state of an alert is written in messages for people. Pure. */
import type { Alert } from '../evaluate/alert.ts';

export type AlertStatus = 'firing' | 'resolved';

/** How a message is coloured. */
export type Tone = 'critical' | 'firing' | 'ended';

/** Why an alert ended although its condition did not become false. Other reasons are recoveries. */
const ENDED_BECAUSE: Readonly<Record<string, string>> = {
  'missing-data': 'no more data arrives',
  'rule-deleted': 'its rule was deleted',
  'rule-changed': 'its rule was changed',
  'receiver-deleted': 'the receiver was deleted',
};

export function markOf(status: AlertStatus, { severity, reason }: Alert): string {
  if (status === 'firing') return severity === 'critical' ? '🔴 critical' : '🟠 firing';
  const because = reason === null ? undefined : ENDED_BECAUSE[reason];
  return because === undefined ? '✅ resolved' : `⚪ ended because ${because}:`;
}

export function toneOf(status: AlertStatus, { severity }: Alert): Tone {
  if (status === 'resolved') return 'ended';
  return severity === 'critical' ? 'critical' : 'firing';
}
