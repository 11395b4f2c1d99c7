/** Deployments as pipelines and people reported them. */
import type { Databases } from '../../sqlite/databases.ts';
import { markerFunctions, parseStored } from '../../stored-json.ts';
import { isTime, validRows } from '../../stored-rows.ts';
import { namesFunction } from './result.ts';
import type { DeployMarker, MarkerQuery } from './types.ts';

const CHECKS = { atMs: isTime };

/** Markers of a range of time, newest first. */
export async function deployMarkers(
  { control }: Databases,
  { fromMs, toMs, owner, limit }: MarkerQuery,
): Promise<readonly DeployMarker[]> {
  const rows = await control
    .selectFrom('marker')
    .select(['id', 'at_ms as atMs', 'functions', 'label', 'version', 'revision as commit', 'author', 'url', 'sender'])
    .where('at_ms', '>=', fromMs)
    .where('at_ms', '<', toMs)
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const name = ({ id }: { readonly id: string }): string => `marker ${id}`;
  const found = validRows(rows, CHECKS, name).flatMap((row) => {
    const functions = parseStored(markerFunctions, row.functions, name(row));
    const isOwn = functions !== null && (owner === undefined || namesFunction({ functions }, owner));
    return isOwn ? [{ ...row, functions }] : [];
  });
  return found.slice(0, limit);
}
