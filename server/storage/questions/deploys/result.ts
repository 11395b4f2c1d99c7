/** Joins what CloudTrail and the inventory report about the same update. */
import type { DeployKind, StoredDeploy } from './types.ts';

export interface DeployRow {
  readonly atMs: number;
  readonly source: string;
  readonly event: string | null;
  readonly codeSha256: string | null;
}

/** LastModified and CloudTrail's eventTime of one update differ by up to this. */
const SAME_UPDATE_MS = 2000;

/** `rows` ascending by time. Returns the newest updates first. */
export function joinDeploys(rows: readonly DeployRow[], limit: number): readonly StoredDeploy[] {
  const joined: (DeployRow & { readonly sources: StoredDeploy['sources'] })[] = [];
  for (const row of rows) {
    const source = row.source === 'cloudtrail' ? 'cloudtrail' : 'inventory';
    const last = joined.at(-1);
    if (last === undefined || row.atMs - last.atMs > SAME_UPDATE_MS || last.sources.includes(source)) {
      joined.push({ ...row, sources: [source] });
    } else {
      joined[joined.length - 1] = {
        ...last,
        event: last.event ?? row.event,
        codeSha256: last.codeSha256 ?? row.codeSha256,
        sources: [...last.sources, source],
      };
    }
  }
  let known: string | null = null;
  const deploys = joined.map(({ atMs, event, codeSha256, sources }) => {
    const kind = kindOf(event, codeSha256, known);
    known = codeSha256 ?? known;
    return { atMs, kind, sources: sources.toSorted(), codeSha256 };
  });
  return deploys.toReversed().slice(0, limit);
}

/** Without an event, the code was updated if its hash differs from the one before. */
function kindOf(event: string | null, code: string | null, before: string | null): DeployKind {
  switch (event) {
    case 'CreateFunction':
      return 'create';
    case 'UpdateFunctionCode':
      return 'code';
    case 'UpdateFunctionConfiguration':
      return 'configuration';
    default:
      if (code === null || before === null) return 'unknown';
      return code === before ? 'configuration' : 'code';
  }
}
