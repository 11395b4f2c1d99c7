/** Table `function_tag` of the control plane: tags of functions, as AWS has them and as people set them. */
import type Database from 'better-sqlite3';
import type { ControlStore } from '../../ports.ts';

type TagsOfFunction = Parameters<ControlStore['saveTags']>[1][number];

/** Part of a transaction. Replaces the tags that the source has for these functions; no tags delete the row. */
export function saveTags(
  control: Database.Database,
  source: Parameters<ControlStore['saveTags']>[0],
  functions: readonly TagsOfFunction[],
  nowMs: number,
): void {
  const put = control.prepare(
    `INSERT INTO function_tag (account, region, name, source, tags, updated_ms)
     VALUES (@account, @region, @name, @source, @tags, @nowMs)
     ON CONFLICT DO UPDATE SET tags = excluded.tags, updated_ms = excluded.updated_ms`,
  );
  const remove = control.prepare(
    'DELETE FROM function_tag WHERE account = @account AND region = @region AND name = @name AND source = @source',
  );
  for (const { account, region, name, tags } of functions) {
    const key = { account, region, name, source };
    if (Object.keys(tags).length === 0) remove.run(key);
    else put.run({ ...key, tags: JSON.stringify(tags), nowMs });
  }
}
