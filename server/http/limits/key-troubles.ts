/**
 * Which keys sent bodies beyond a limit: names and counts, stored soon after each first body of a reason and every few seconds
 * after further ones, so that a restart does not forget them.
 */
import { sumTroubles } from '../../storage/key-troubles.ts';
import type { ControlStore, KeyTrouble } from '../../storage/ports.ts';

export interface KeyTroublesOptions {
  readonly control: Pick<ControlStore, 'noteKeyTroubles'>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Interval of {@link KeyTroubles.save}, ms. */
const SAVE_MS = 5000;
/** Other processes of one store note troubles as well: what they noted is read at this interval, ms. */
const READ_MS = 60_000;
const MOST_UNSAVED = 1000;

export class KeyTroubles {
  readonly #options: KeyTroublesOptions;
  #stored: readonly KeyTrouble[] = [];
  /** By key and reason: what is being stored, and what is not stored yet. */
  #sent: ReadonlyMap<string, KeyTrouble> = new Map();
  #added = new Map<string, KeyTrouble>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeyTroublesOptions) {
    this.#options = options;
  }

  /** Reads what is stored, and from then on stores what is noted until {@link close}. */
  async start(): Promise<void> {
    await this.save();
    this.#timer = setInterval(() => void this.save(), SAVE_MS);
    this.#timer.unref();
  }

  /** Counts one body of the key. Returns true for the first of its reason. */
  note(keyId: string, keyName: string, reason: string): boolean {
    const id = `${keyId} ${reason}`;
    const waiting = this.#added.get(id);
    if (waiting === undefined && this.#added.size >= MOST_UNSAVED) return false;
    const isKnown = this.#sent.has(id) || this.#stored.some((one) => `${one.keyId} ${one.reason}` === id);
    const isFirst = waiting === undefined && !isKnown;
    this.#added.set(id, { keyId, keyName, reason, n: (waiting?.n ?? 0) + 1, lastMs: this.#options.now() });
    if (isFirst && this.#timer !== undefined) void this.save();
    return isFirst;
  }

  /** The newest first. */
  all(): readonly KeyTrouble[] {
    return sumTroubles([this.#stored, [...this.#sent.values()], [...this.#added.values()]], this.#options.now());
  }

  /** Stores what was noted. What could not be stored is kept for the next time. */
  async save(): Promise<void> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #save(): Promise<void> {
    const { control, now, onError } = this.#options;
    const nowMs = now();
    if (this.#added.size === 0 && nowMs - this.#readAtMs < READ_MS) return;
    this.#sent = this.#added;
    this.#added = new Map();
    const sent = [...this.#sent.values()];
    try {
      this.#stored = await control.noteKeyTroubles(sent, nowMs);
      this.#readAtMs = nowMs;
    } catch (error) {
      const kept = sumTroubles([sent, [...this.#added.values()]], nowMs);
      this.#added = new Map(kept.map((one) => [`${one.keyId} ${one.reason}`, one]));
      onError(error);
    }
    this.#sent = new Map();
  }

  /** Stores what was noted last. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#saving;
    await this.save();
  }
}
