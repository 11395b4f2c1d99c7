/**
 * Remembers event ids in the overlap of one log group, to skip events that were read before. This only saves work: the
 * store detects duplicates as well.
 */
/** An event of FilterLogEvents; fields may be missing. */
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

  /** Call after the events are stored. Forgets events before `fromMs`, which will not be read again. */
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
