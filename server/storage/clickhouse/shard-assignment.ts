/**
 * Work is shared out among the processes that were there a moment ago. Two that believe in different lists do some work twice, which
 * does no harm; what was a dead process's is another's within {@link ALIVE_MS}.
 */

import type { FunctionShard } from './classify/pending.ts';
import { WHOLE_FLEET } from './classify/pending.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';

const HEARTBEAT_MS = 5000;
/** Not heard of for so long, a process is taken for dead. */
const ALIVE_MS = 20_000;
/** Parts that work is shared out in. */
const PARTS = 64;

/** Functions are shared out to be judged and derived, log groups to be read by pull. */
export type ShardedTask = 'derive' | 'collect';

export class ShardAssignment {
  readonly #ask: ClickHouseQueryClient;
  readonly #duty: ShardedTask;
  readonly #name: string;
  /** Before it joined, nothing is its. */
  #share: FunctionShard = { of: 1, remainders: [] };
  #heartbeat: NodeJS.Timeout | undefined;

  /** `name`: no other process's. */
  constructor(client: ClickHouseQueryClient, duty: ShardedTask, name: string) {
    this.#ask = client;
    this.#duty = duty;
    this.#name = `${duty} ${name}`;
  }

  get shard(): FunctionShard {
    return this.#share;
  }

  owns(key: string): boolean {
    return this.#share.remainders.includes(hashOf(key) % this.#share.of);
  }

  /** Takes its share from now on. @throws StoreError */
  async join(): Promise<void> {
    await this.#beat();
    // What fails is tried again; whoever asks or writes is told why.
    this.#heartbeat ??= setInterval(() => this.#beat().catch(() => undefined), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  leave(): void {
    clearInterval(this.#heartbeat);
  }

  /** Says that this process is there, and learns who else is. */
  async #beat(): Promise<void> {
    await this.#ask.insert('worker', [{ name_key: hashOf(this.#name), name: this.#name }]);
    const alive = await this.#ask.all<{ name: string }>(
      `SELECT name FROM worker WHERE startsWith(name, {duty:String})
       GROUP BY name HAVING max(worker.at) > now64(3) - toIntervalMillisecond(${ALIVE_MS})`,
      { duty: `${this.#duty} ` },
    );
    this.#share = assignShard(
      this.#name,
      alive.map((row) => row.name),
    );
  }
}

/** Each part belongs to the process that scores highest on it: when one goes, only its parts move. */
export function assignShard(name: string, alive: readonly string[]): FunctionShard {
  const workers = [...new Set([...alive, name])];
  if (workers.length === 1) return WHOLE_FLEET;
  const remainders = Array.from({ length: PARTS }, (_, part) => part).filter(
    (part) => workers.toSorted((a, b) => hashOf(String(part), b) - hashOf(String(part), a))[0] === name,
  );
  return { of: PARTS, remainders };
}
