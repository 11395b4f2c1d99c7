/**
 * Transfers history from one store to another. Each part is recorded with its fingerprint, so an interrupted transfer
 * resumes and a repeated one copies only changes. Each day is verified in the target by count and checksum.
 */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { Checksum, HistorySource, HistoryTarget, MovedDay, MovedFunction, Piece } from './history.ts';
import { CHECKSUM_MODULUS } from './history.ts';

export interface MoveOptions {
  readonly source: HistorySource;
  readonly target: HistoryTarget;
  readonly signal: AbortSignal;
  /** Called after each piece with the invocations done and their function. */
  readonly onProgress: (invocations: number, name: string) => void;
}

export interface Moved {
  readonly functions: number;
  readonly days: number;
  readonly invocations: number;
  /** Days that the target already had unchanged. */
  readonly skipped: number;
  /** Days that differ between source and target. */
  readonly different: readonly Difference[];
  readonly interrupted: boolean;
}

export interface Difference {
  readonly name: string;
  readonly dayMs: number;
  readonly here: Checksum;
  readonly there: Checksum;
}

/** Pieces written concurrently. */
const AT_ONCE = 3;

/** Name of a part in the progress record. */
function partOf({ account, region, name }: MovedFunction, what: string): string {
  return `${account}:${region}:${name} ${what}`;
}

function dayName({ dayMs }: MovedDay): string {
  return new Date(dayMs).toISOString().slice(0, 10);
}

/** Returns the number of invocations still to transfer. */
export async function leftToMove(source: HistorySource, target: HistoryTarget): Promise<number> {
  const noted = await target.noted();
  let n = 0;
  for (const one of source.functions()) {
    for (const day of source.days(one)) if (noted.get(partOf(one, dayName(day))) !== day.fingerprint) n += day.n;
  }
  return n;
}

/**
 * Transfers everything that changed since the last transfer. @throws StoreError if the target rejects a write; recorded parts
 * stay transferred.
 */
export async function move(options: MoveOptions): Promise<Moved> {
  const { source, target, signal } = options;
  const noted = await target.noted();
  const total = { functions: 0, days: 0, invocations: 0, skipped: 0 };
  const different: Difference[] = [];
  for (const one of source.functions()) {
    if (signal.aborted) break;
    const days = source.days(one);
    const changed = days.filter((day) => noted.get(partOf(one, dayName(day))) !== day.fingerprint);
    total.skipped += days.length - changed.length;
    for (const day of changed) {
      if (signal.aborted) break;
      const found = day.isExpired ? await bringExpiredDay(options, one, day) : await bringDay(options, one, day);
      if (found === null) break;
      total.days += 1;
      total.invocations += day.n;
      if (found.length > 0) different.push(...found);
      else await target.note(partOf(one, dayName(day)), day.fingerprint);
    }
    if (!signal.aborted && noted.get(partOf(one, EVENTS)) !== one.fingerprint) await bringEvents(options, one, days);
    total.functions += 1;
  }
  if (!signal.aborted) {
    await bringAll(source.documents(), options);
    for (const metric of source.metrics()) {
      if (signal.aborted) break;
      await target.bringMetric(metric);
    }
    for (const lines of source.metricLines()) {
      if (signal.aborted) break;
      await target.bringMetricLines(lines);
    }
    for (const days of source.metricDays()) {
      if (signal.aborted) break;
      await target.bringMetricDays(days);
    }
    await target.bringAccount(source.account());
  }
  return { ...total, different, interrupted: signal.aborted };
}

const EVENTS = 'events';

/** Returns null if interrupted, and the difference if the target's day does not match. */
async function bringDay(
  { source, target, signal, onProgress }: MoveOptions,
  one: MovedFunction,
  day: MovedDay,
): Promise<readonly Difference[] | null> {
  let here: Checksum = { n: 0, sum: 0 };
  const line = new Line(target);
  for (const piece of source.invocations(one, day)) {
    if (signal.aborted) break;
    await line.send(piece);
    const { n, sum } = piece.checksum;
    here = { n: here.n + n, sum: (here.sum + sum) % CHECKSUM_MODULUS };
    onProgress(n, one.name);
  }
  await line.end();
  if (signal.aborted) return null;
  const there = await target.checksum(one, day);
  const isSame = there.n === here.n && there.sum === here.sum;
  return isSame ? [] : [{ name: one.name, dayMs: day.dayMs, here, there }];
}

async function bringExpiredDay(
  { source, target, onProgress }: MoveOptions,
  one: MovedFunction,
  day: MovedDay,
): Promise<readonly Difference[]> {
  await target.bringExpiredDay(one, source.expiredDay(one, day), source.streamOf(one));
  onProgress(day.n, one.name);
  return [];
}

async function bringEvents(options: MoveOptions, one: MovedFunction, days: readonly MovedDay[]): Promise<void> {
  const { source, target, signal } = options;
  await target.bringFunction(one);
  await bringAll(source.events(one), options);
  const lastExpired = days.findLast((day) => day.isExpired);
  if (lastExpired !== undefined) {
    for (const some of source.expiredEnvironments(one, lastExpired.dayMs + DAY_MS))
      await target.bringEnvironments(one, some);
  }
  if (!signal.aborted) await target.note(partOf(one, EVENTS), one.fingerprint);
}

async function bringAll(pieces: Iterable<Piece>, { target, signal }: MoveOptions): Promise<void> {
  const line = new Line(target);
  for (const piece of pieces) {
    if (signal.aborted) break;
    await line.send(piece);
  }
  await line.end();
}

/** Writes pieces concurrently: the next piece is read while earlier ones are written. */
class Line {
  readonly #target: HistoryTarget;
  readonly #under: Promise<void>[] = [];

  constructor(target: HistoryTarget) {
    this.#target = target;
  }

  async send(piece: Piece): Promise<void> {
    const sent = this.#target.bring(piece);
    // The rejection is reported by the await below.
    sent.catch(() => undefined);
    this.#under.push(sent);
    if (this.#under.length >= AT_ONCE) await this.#under.shift();
  }

  async end(): Promise<void> {
    await Promise.all(this.#under.splice(0));
  }
}
