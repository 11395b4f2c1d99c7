/** A store as one request sees it. */
import type { Requester, Store } from '../storage/ports.ts';

/** Returns the store with reads on behalf of a requester; everything else is unchanged. */
export function storeFor(store: Store, requester: Requester): Store {
  const { read, readPacked, readShaped } = store.readsFor(requester);
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
