/**
 * Event ids of one group's overlap, so that reading it again stores nothing twice. It only saves work: the store knows
 * its own events, and what this forgets is a duplicate there.
 */
/** An event as FilterLogEvents gives it; fields may be missing. */
export interface PulledEvent {
  readonly eventId?: string | undefined;
  readonly logStreamName?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

const CAPACITY = 50_000;

export class SeenEvents {
  readonly #times = new Map<string, number>();

  fresh<T extends PulledEvent>(events: readonly T[]): readonly T[] {
    if (this.#times.size === 0) return events;
    return events.filter((event) => event.eventId === undefined || !this.#times.has(event.eventId));
  }

  /** After they are stored. Older ones than `fromMs` cannot come again. */
  remember(events: readonly PulledEvent[], fromMs: number): void {
    for (const { eventId, timestamp } of events) {
      if (eventId !== undefined && timestamp !== undefined) this.#times.set(eventId, timestamp);
    }
    for (const [id, atMs] of this.#times) {
      if (atMs >= fromMs && this.#times.size <= CAPACITY) break;
      this.#times.delete(id);
    }
  }
}
