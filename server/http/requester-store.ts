/** A store as one request sees it. */
import type { Packed } from '../storage/packed.ts';
import type { DeployMarker, MarkerQuery, Requester, Restriction, Store, StoreReader } from '../storage/ports.ts';
import { functionNamedBy } from '../storage/function-id.ts';
import { mayRead } from '../storage/restriction.ts';
import { FLEET_WIDE } from './access/restricted-routes.ts';
import { ProblemError } from './problems.ts';

type Reads = Pick<Store, 'read' | 'readPacked' | 'readShaped'>;

/** Questions about the whole fleet or the control plane: they name no function, so that a restriction cannot hold in them. */
const FLEET_QUESTIONS = [
  ...(['deadLetters', 'deadLetterPayload', 'imports', 'ingestStatus', 'pullCheckpoint', 'pullCheckpoints'] as const),
  ...(['tracesToFetch', 'staleHours', 'attributeHours', 'idleTimes', 'initGaps'] as const),
  ...(['credentials', 'passwordHash', 'audit', 'users', 'sessionIdToken'] as const),
  ...(['alertSnapshot', 'dueDeliveries', 'alertDeliveries'] as const),
] as const satisfies readonly (keyof StoreReader)[];
const REFUSED: ReadonlySet<string> = new Set(FLEET_QUESTIONS);

/** Returns the store with reads on behalf of a requester; everything else is unchanged. */
export function storeFor(store: Store, requester: Requester): Store {
  const { restriction = null } = requester;
  const reads = store.readsFor(requester);
  const { read, readPacked, readShaped } = restriction === null ? reads : restricted(reads, restriction);
  return {
    read,
    readPacked,
    readShaped,
    readsFor: (other) => store.readsFor(other),
    control: store.control,
    attribution: store.attribution,
    alerts: store.alerts,
    maintenance: store.maintenance,
    lines: store.lines,
    collectorShards: store.collectorShards,
    write: (batch, source, checkpoint) => store.write(batch, source, checkpoint),
    onCommit: (listener) => store.onCommit(listener),
    deleteTelemetry: (scope) => store.deleteTelemetry(scope),
    undoImport: (importId) => store.undoImport(importId),
    noteClock: (note) => store.noteClock(note),
    probe: () => store.probe(),
    close: () => store.close(),
  };
}

/** Reads in which other functions do not exist; questions that cannot be restricted are refused. */
function restricted({ read, readPacked, readShaped }: Reads, restriction: Restriction): Reads {
  const refuse = (): Promise<never> => Promise.reject(new ProblemError('forbidden', FLEET_WIDE));
  const refusals = Object.fromEntries(FLEET_QUESTIONS.map((name) => [name, refuse])) as Partial<StoreReader>;
  return {
    read: { ...read, ...refusals, deployMarkers: (query) => markersFor(read, restriction, query) },
    readPacked: (name, query) => (REFUSED.has(name) ? refuse() : readPacked(name, query)) as Promise<Packed<never>>,
    readShaped: (questions, task) =>
      questions.some(([name]) => REFUSED.has(name)) ? refuse() : readShaped(questions, task),
  };
}

/** Reported deployments of permitted functions. Other functions that they name are left out. */
async function markersFor(
  read: Pick<StoreReader, 'deployMarkers'>,
  restriction: Restriction,
  { limit, ...query }: MarkerQuery,
): Promise<readonly DeployMarker[]> {
  const unknown = { account: '', region: '' };
  const found = (await read.deployMarkers(query)).flatMap((marker) => {
    if (marker.functions.length === 0) return marker;
    const functions = marker.functions.filter((entry) => mayRead(restriction, functionNamedBy(entry, unknown)));
    return functions.length > 0 || query.owner !== undefined ? { ...marker, functions } : [];
  });
  return found.slice(0, limit);
}
