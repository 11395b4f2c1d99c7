/**
 * Metrics of functions for scrapers. Counters are kept in a file of the data folder, so that they only increase, also after a restart.
 * All scrapers share one reading of the rollups.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../../ingest/records/time.ts';
import type { Config } from '../../config/environment.ts';
import type { AnalysisPool } from '../../jobs/analysis/analysis-pool.ts';
import type { FileThread } from '../../storage/files/file-thread.ts';
import { jsonText } from '../../storage/json-text.ts';
import type { Store } from '../../storage/ports.ts';
import { readShapedAnswer } from '../answers/shape-answer.ts';
import { SingleFlightCache } from '../single-flight-cache.ts';
import type { KeptCounters } from './counter-base.ts';
import { baseOf, FINEST_MS, rangeQuestion, withBase } from './counter-base.ts';

/** Counters of functions for scrapers, in the data folder. */
const COUNTERS_FILE = 'function-counters.json';
/** Scrapes within this time share one reading. */
const FRESH_MS = 5 * SECOND_MS;
/** Counters are written to the disk this often while they are scraped, and at the end. */
const SAVE_MS = MINUTE_MS;

const keptFile = z.object({ baseMs: z.number(), atMs: z.number(), ledger: z.string() });

interface Dependencies {
  readonly store: Pick<Store, 'readShaped'>;
  readonly analysis: Pick<AnalysisPool, 'shape'>;
  readonly config: Pick<Config, 'priceTerms' | 'dataFolder'>;
  readonly files: Pick<FileThread, 'run'>;
  readonly log: Logger;
  readonly now: () => number;
}

export class FunctionMetrics {
  readonly #of: Dependencies;
  readonly #path: string;
  readonly #readings = new SingleFlightCache<Uint8Array>(FRESH_MS, 1);
  /** Undefined before the first reading. */
  #kept: (KeptCounters & { readonly atMs: number }) | null | undefined;
  #savedMs = 0;
  #isSaved = true;

  constructor(dependencies: Dependencies) {
    this.#of = dependencies;
    this.#path = join(dependencies.config.dataFolder, COUNTERS_FILE);
  }

  /** Packed slices of every function with their counters. Rejects as questions of the store do. */
  read(): Promise<Uint8Array> {
    return this.#readings.get('', this.#of.now(), () => this.#count());
  }

  /** Writes what was counted since it was last written. */
  async save(): Promise<void> {
    const { files, log, now } = this.#of;
    if (this.#isSaved || this.#kept === undefined) return;
    [this.#isSaved, this.#savedMs] = [true, now()];
    await files.run('replaceFile', this.#path, JSON.stringify(this.#kept)).catch((error: unknown) => {
      this.#isSaved = false;
      log.warn({ err: error }, 'counters of functions could not be stored; they are stored with a later scrape');
    });
  }

  async #count(): Promise<Uint8Array> {
    const { config, now } = this.#of;
    const terms = config.priceTerms;
    this.#kept = this.#kept === undefined ? await this.#load() : this.#kept;
    // A clock that was set back would have days counted twice.
    const nowMs = Math.max(now(), this.#kept?.atMs ?? 0);
    const currentMs = Math.floor(nowMs / FINEST_MS) * FINEST_MS;
    const fromMs = currentMs - FINEST_MS;
    const { baseMs, ledger } = await withBase(this.#kept, baseOf(fromMs), async (question, before) => {
      const form = { ledger: before, terms, nowMs };
      return (await readShapedAnswer(this.#of, [question], 'moveCounterBase', form)).meta.ledger;
    });
    const question = rangeQuestion(fromMs, currentMs + FINEST_MS, FINEST_MS);
    const form = { ledger, terms, nowMs };
    const { answer, meta } = await readShapedAnswer(this.#of, [question], 'countFunctions', form);
    this.#kept = { baseMs, ledger: meta.ledger, atMs: nowMs };
    this.#isSaved = false;
    // Not awaited: a disk that hangs does not hold up scrapes.
    if (now() - this.#savedMs >= SAVE_MS || now() < this.#savedMs) void this.save();
    return answer.bytes;
  }

  async #load(): Promise<(KeptCounters & { readonly atMs: number }) | null> {
    const { files, log } = this.#of;
    const text = await files.run('readFile', this.#path);
    if (text === null) return null;
    const parsed = jsonText(keptFile).safeParse(text);
    if (!parsed.success) log.warn({ path: this.#path }, 'stored counters of functions cannot be read, and begin again');
    return parsed.success ? parsed.data : null;
  }
}
