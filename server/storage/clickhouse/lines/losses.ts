/** What retention has deleted of log lines. */
import type { LineLoss } from '../../questions/logs/types.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

export interface Losses {
  readonly losses: readonly LineLoss[];
  /** Lines received up to then are not shown, epoch ms; -1 if none was deleted. */
  readonly hiddenMs: number;
}

/** @throws StoreError */
export async function readLosses(client: ClickHouseQueryClient): Promise<Losses> {
  const rows = await client.all<{ reason: string; untilMs: number; lines: number }>(
    `SELECT reason, max(l.until_ms) AS untilMs, sum(l.lines) AS lines FROM line_loss AS l GROUP BY reason ORDER BY reason`,
  );
  return {
    losses: rows.map(({ reason, ...loss }) => ({ ...loss, reason: reason === 'budget' ? 'budget' : 'age' })),
    hiddenMs: rows.reduce((most, { untilMs }) => Math.max(most, untilMs), -1),
  };
}
