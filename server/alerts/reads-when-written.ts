/**
 * Reads of the alert engine, which asks for new events and deliveries each second. Where the last answer was that there is nothing, and
 * nothing has been written since, the store is not asked: a server at rest does not wake a thread for it.
 */
import type { AlertReader } from '../storage/questions/alerts/types.ts';
import { MAX_TIME_MS } from '../storage/stored-rows.ts';

/**
 * `revision` changes before and after each write of the control plane ({@link ControlPlane.controlRevision}). Deliveries are read as long
 * as one is pending, whenever it is due, so that no clock and no retry is missed.
 */
export function readsWhenWritten(read: AlertReader, revision: () => number): AlertReader {
  /** Revision at which there was no event after `afterSeq`. */
  let noEvents = { at: Number.NaN, afterSeq: 0 };
  /** Revisions at which there was no pending delivery, and at which that was asked. */
  let nonePendingAt = Number.NaN;
  let askedAt = Number.NaN;
  return {
    ...read,
    alertEvents: async (query) => {
      const { afterSeq, limit, ...filters } = query;
      // The answer to a narrower question says nothing of all events.
      if (afterSeq === undefined || Object.keys(filters).length > 0) return read.alertEvents(query);
      // Before the read: what is written during it changes the revision.
      const at = revision();
      if (noEvents.at === at && afterSeq >= noEvents.afterSeq) return [];
      const events = await read.alertEvents(query);
      if (events.length === 0) noEvents = { at, afterSeq };
      return events;
    },
    dueDeliveries: async (query) => {
      const at = revision();
      if (nonePendingAt === at) return [];
      const due = await read.dueDeliveries(query);
      if (due.length > 0 || askedAt === at) return due;
      const pending = await read.dueDeliveries({ nowMs: MAX_TIME_MS });
      askedAt = at;
      if (pending.length === 0) nonePendingAt = at;
      return due;
    },
  };
}
