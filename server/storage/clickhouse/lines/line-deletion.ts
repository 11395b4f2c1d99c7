/** Deletion of log lines: the thread that packs them deletes them, while none are packed. */
import { windowsOf } from '../../lines/line-scope.ts';
import type { LineDeletion, LineScope, LinesInScope } from '../../ports/lines.ts';
import { byRequestId } from '../../questions/invocations/clickhouse.ts';
import type { QueryContext } from '../query-context.ts';
import type { LineKeeper } from './line-keeper.ts';
import { answerOf } from './line-threads.ts';

/**
 * ClickHouse removes the files of replaced parts some minutes later (`old_parts_lifetime`). `onDeleted` runs after a deletion, before it is
 * answered.
 */
export function lineDeletion(context: QueryContext, keeper: LineKeeper, onDeleted: () => Promise<void>): LineDeletion {
  const run = (scope: LineScope, isPreview: boolean): Promise<LinesInScope> =>
    keeper.alone(async () => {
      const windows = scope.requestId === undefined ? [] : windowsOf(await byRequestId(context, scope.requestId));
      return answerOf<LinesInScope>(context.lines, { op: 'delete', query: { scope, windows, isPreview } });
    });
  return {
    preview: (scope) => run(scope, true),
    run: async (scope) => {
      const deleted = await run(scope, false);
      await onDeleted();
      return deleted;
    },
  };
}
