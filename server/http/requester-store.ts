/** A store as one request sees it. */

import { alertOfEvent } from '../alerts/stored-state.ts';
import { functionIdOf, functionNamedBy } from '../storage/function-id.ts';
import type { Packed } from '../storage/packed.ts';
import type {
  DeployMarker,
  MarkerQuery,
  Requester,
  Restriction,
  Store,
  StoredAlertEvent,
  StoreReader,
} from '../storage/ports.ts';
import type { PermittedFunctions } from '../tags/permitted-functions.ts';
import { mayReadAlert } from './access/alerts-of.ts';
import { FLEET_WIDE } from './access/restricted-routes.ts';
import { ProblemError } from './problems.ts';

type Reads = Pick<Store, 'read' | 'readPacked' | 'readShaped'>;
type Permitted = Pick<PermittedFunctions, 'permits' | 'inForce'>;
/** Who asks, beside what they may read. */
type Unrestricted = Omit<Requester, 'restriction'>;

/** Questions about the whole fleet or the control plane: they name no function, so that a restriction cannot hold in them. */
const FLEET_QUESTIONS = [
  ...(['deadLetters', 'deadLetterPayload', 'imports', 'ingestStatus', 'pullCheckpoint', 'pullCheckpoints'] as const),
  ...(['tracesToFetch', 'staleHours', 'attributeHours', 'idleTimes', 'initGaps'] as const),
  ...(['credentials', 'passwordHash', 'audit', 'users', 'localUser', 'sessionIdToken'] as const),
  ...(['alertSnapshot', 'dueDeliveries', 'alertDeliveries'] as const),
] as const satisfies readonly (keyof StoreReader)[];
const REFUSED: ReadonlySet<string> = new Set(FLEET_QUESTIONS);

/** Returns the store with reads on behalf of a requester; everything else is unchanged. */
export function storeFor(
  { store, permitted }: { readonly store: Store; readonly permitted: Permitted },
  requester: Unrestricted,
  restriction: Restriction | null = null,
): Store {
  const { read, readPacked, readShaped } =
    restriction === null ? store.readsFor(requester) : restrictedReads({ store, permitted }, requester, restriction);
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
    lastWriteMs: () => store.lastWriteMs(),
    controlRevision: () => store.controlRevision(),
  };
}

/** Reads in which other functions do not exist; questions that cannot be restricted are refused. */
function restrictedReads(
  { store, permitted }: { readonly store: Store; readonly permitted: Permitted },
  requester: Unrestricted,
  restriction: Restriction,
): Reads {
  const refuse = (): Promise<never> => Promise.reject(new ProblemError('forbidden', FLEET_WIDE));
  // What is permitted may change from one read to the next.
  const reads = async (): Promise<Reads> =>
    store.readsFor({ ...requester, restriction: await permitted.inForce(restriction) });
  const refusals = Object.fromEntries(FLEET_QUESTIONS.map((name) => [name, refuse])) as Partial<StoreReader>;
  const read = eachRead(Object.keys(store.read), async () => (await reads()).read);
  return {
    read: {
      ...read,
      ...refusals,
      deployMarkers: (query) => markersFor(read, permitted, restriction, query),
      alertEvents: (query) => eventsFor(read, permitted, restriction, query),
    },
    readPacked: async (name, query) =>
      (REFUSED.has(name) ? refuse() : (await reads()).readPacked(name, query)) as Promise<Packed<never>>,
    readShaped: async (questions, task) =>
      questions.some(([name]) => REFUSED.has(name)) ? refuse() : (await reads()).readShaped(questions, task),
  };
}

/** A reader that gets another for each question. */
function eachRead(names: readonly string[], reader: () => Promise<StoreReader>): StoreReader {
  const ask = (name: string) => async (query: unknown) => {
    const methods = (await reader()) as unknown as Readonly<Record<string, (query: unknown) => unknown>>;
    return methods[name]?.(query);
  };
  return Object.fromEntries(names.map((name) => [name, ask(name)])) as unknown as StoreReader;
}

/** Reported deployments of permitted functions. Other functions that they name are left out. */
async function markersFor(
  read: Pick<StoreReader, 'deployMarkers'>,
  permitted: Permitted,
  restriction: Restriction,
  { limit, ...query }: MarkerQuery,
): Promise<readonly DeployMarker[]> {
  const unknown = { account: '', region: '' };
  const isByTags = restriction.some(({ kind }) => kind === 'tag');
  const isPermitted = (entry: string): boolean => {
    const owner = functionNamedBy(entry, unknown);
    // Functions of one name may have different tags.
    return (owner.account !== '' || !isByTags) && permitted.permits(restriction, owner);
  };
  const found = (await read.deployMarkers(query)).flatMap((marker) => {
    if (marker.functions.length === 0) return marker;
    const functions = marker.functions.filter(isPermitted);
    if (functions.length > 0) return { ...marker, functions };
    return query.owner === undefined ? [] : { ...marker, functions: [functionIdOf(query.owner)] };
  });
  return found.slice(0, limit);
}

/** Events that are read at once, and how many pages at most: a list of rare alerts ends early rather than late. */
const EVENTS = 500;
const MOST_PAGES = 40;

/** Transitions of alerts of permitted functions: as many as are asked for, if there are. */
async function eventsFor(
  read: Pick<StoreReader, 'alertEvents'>,
  permitted: Permitted,
  restriction: Restriction,
  query: Parameters<StoreReader['alertEvents']>[0],
): Promise<readonly StoredAlertEvent[]> {
  const found: StoredAlertEvent[] = [];
  let after: Pick<typeof query, 'beforeSeq' | 'afterSeq'> = {};
  for (let pages = 0; pages < MOST_PAGES && found.length < query.limit; pages += 1) {
    const events = await read.alertEvents({ ...query, ...after, limit: EVENTS });
    const visible = events.filter((event) => {
      const alert = alertOfEvent(event);
      return alert !== null && mayReadAlert(permitted, restriction, alert);
    });
    found.push(...visible);
    const seq = events.at(-1)?.seq;
    if (events.length < EVENTS || seq === undefined) break;
    after = query.newestFirst === true ? { beforeSeq: seq } : { afterSeq: seq };
  }
  return found.slice(0, query.limit);
}
