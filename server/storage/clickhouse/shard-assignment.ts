/**
 * Divides work among the processes with a recent heartbeat, by rendezvous hashing. Processes that see different lists do some work
 * twice, which is harmless; a dead process's work passes to others within {@link ALIVE_MS}.
 */

import type { FunctionShard } from './classify/pending.ts';
import { WHOLE_FLEET } from './classify/pending.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

const HEARTBEAT_MS = 5000;
/** A process without a heartbeat for this long counts as dead. */
const ALIVE_MS = 20_000;
/** Number of parts the work is divided into. */
const PARTS = 64;

/** `derive`: functions to classify and attribute. `collect`: log groups to pull. */
export type ShardedTask = 'derive' | 'collect';

/** This process's parts of one kind of work. */
export class ShardAssignment {
  readonly #client: ClickHouseQueryClient;
  readonly #task: ShardedTask;
  readonly #name: string;
  /** Empty until this process has joined. */
  #shard: FunctionShard = { of: 1, remainders: [] };
  #heartbeat: NodeJS.Timeout | undefined;

  /** `name` must be unique among processes. */
  constructor(client: ClickHouseQueryClient, task: ShardedTask, name: string) {
    this.#client = client;
    this.#task = task;
    this.#name = `${task} ${name}`;
  }

  /** The parts this process owns now. */
  get shard(): FunctionShard {
    return this.#shard;
  }

  /** Returns whether this process owns the part that `key` hashes to. */
  owns(key: string): boolean {
    return this.#shard.remainders.includes(hashOf(key) % this.#shard.of);
  }

  /** Starts the heartbeat; the process owns its parts once this resolves. @throws StoreError */
  async join(): Promise<void> {
    await this.#beat();
    // A failed heartbeat is retried at the next interval; reads and writes report the error to their callers.
    this.#heartbeat ??= setInterval(() => this.#beat().catch(() => undefined), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Stops the heartbeat; other processes take over after {@link ALIVE_MS}. */
  leave(): void {
    clearInterval(this.#heartbeat);
  }

  /** Writes a heartbeat and recomputes this process's parts from those of the others. */
  async #beat(): Promise<void> {
    await this.#client.insert('worker', [{ name_key: hashOf(this.#name), name: this.#name }]);
    const alive = await this.#client.all<{ name: string }>(
      `SELECT name FROM worker WHERE startsWith(name, {task:String})
       GROUP BY name HAVING max(worker.at) > now64(3) - toIntervalMillisecond(${ALIVE_MS})`,
      { task: `${this.#task} ` },
    );
    this.#shard = assignShard(
      this.#name,
      alive.map((row) => row.name),
    );
  }
}

/** Rendezvous hashing: each part belongs to the process with the highest hash, so only a dead process's parts move. */
export function assignShard(name: string, alive: readonly string[]): FunctionShard {
  const workers = [...new Set([...alive, name])];
  if (workers.length === 1) return WHOLE_FLEET;
  const remainders = Array.from({ length: PARTS }, (_, part) => part).filter(
    (part) => workers.toSorted((a, b) => hashOf(String(part), b) - hashOf(String(part), a))[0] === name,
  );
  return { of: PARTS, remainders };
}
