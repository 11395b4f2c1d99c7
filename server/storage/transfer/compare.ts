/** Compares the answers of two stores to the main questions of the pages over the whole history. */

import { isDeepStrictEqual } from 'node:util';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { binsIn } from '../../analytics/sketch/columns.ts';
import type { FunctionIdentity, TelemetryReader, TimeRange } from '../ports.ts';
import type { DistributionQuery } from '../questions/distribution/types.ts';

export interface Comparison {
  readonly questions: number;
  /** Names of questions with different answers. */
  readonly different: readonly string[];
}

/** Compares answers over `range`, whole hours. @throws StoreError if a store does not answer. */
export async function compareAnswers(
  before: TelemetryReader,
  after: TelemetryReader,
  range: TimeRange,
  onQuestion: (name: string) => void,
): Promise<Comparison> {
  const different: string[] = [];
  let questions = 0;
  const compare = async (name: string, one: Promise<unknown>, other: Promise<unknown>): Promise<void> => {
    const [a, b] = await Promise.all([one, other]);
    questions += 1;
    onQuestion(name);
    if (!isDeepStrictEqual(comparable(a), comparable(b))) different.push(name);
  };
  await compare('the fleet', before.fleet({ ...range, widthMs: null }), after.fleet({ ...range, widthMs: null }));
  await compare('all functions', functionsOf(before, range), functionsOf(after, range));
  await compare('all changes', changesOf(before, range), changesOf(after, range));
  const known = (await after.functions(range)).items.map(({ identity }) => identity);
  const ids = new Map(known.map((identity) => [nameOf(identity), identity.functionId]));
  for (const { identity } of (await before.functions(range)).items) {
    const name = nameOf(identity);
    const functionId = ids.get(name);
    if (functionId === undefined) {
      different.push(`${name}: missing in the target store`);
      continue;
    }
    const of = { ...range, functionId: identity.functionId };
    const its = { ...range, functionId };
    const hourly = { widthMs: HOUR_MS, groupBy: 'version' as const };
    await compare(
      `${name} over time`,
      before.timeseries({ ...of, ...hourly }),
      after.timeseries({ ...its, ...hourly }),
    );
    await compare(
      `${name}, distribution`,
      distributionOf(before, { ...of, blockMs: DAY_MS }),
      distributionOf(after, { ...its, blockMs: DAY_MS }),
    );
    await compare(
      `${name}, cold starts`,
      before.coldStarts({ ...of, examples: 5 }),
      after.coldStarts({ ...its, examples: 5 }),
    );
    await compare(`${name}, log volume`, before.logVolume(of), after.logVolume(its));
  }
  return { questions, different };
}

/** Values of one period, of which each block has its own bins: they share lists. */
async function distributionOf(read: TelemetryReader, query: DistributionQuery): Promise<unknown> {
  const found = await read.distribution(query);
  const blocks = found.blocks.map((block) => ({
    ...block,
    durationMs: binsIn(block.durationMs),
    initMs: binsIn(block.initMs),
  }));
  return { ...found, blocks };
}

async function functionsOf(read: TelemetryReader, range: TimeRange): Promise<unknown> {
  const { items } = await read.functions(range);
  return items.toSorted((a, b) => (nameOf(a.identity) < nameOf(b.identity) ? -1 : 1));
}

async function changesOf(read: TelemetryReader, range: TimeRange): Promise<unknown> {
  const { items } = await read.changeMarks({ ...range, functionId: undefined, limit: 1000 });
  return items;
}

function nameOf({ account, region, name }: Pick<FunctionIdentity, 'account' | 'region' | 'name'>): string {
  return `${account}:${region}:${name}`;
}

/** Removes what differs between stores by design: ids, the order of equal entries, and widths of rollups. */
const OWN = new Set(['functionId', 'environmentId', 'seriesId', 'range']);

function comparable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(comparable).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OWN.has(key))
      .map(([key, of]) => [key, comparable(of)]),
  );
}
