/** Handler of right-sizing. */
import type * as z from 'zod';
import { DAY_MS, iso } from '../../../ingest/records/time.ts';
import { priceOf } from '../../analytics/cost/cost.ts';
import { factorsAt } from '../../analytics/cost/terms.ts';
import { sizesToMeasure, tuningInput, visualizationUrl } from '../../analytics/memory/power-tuning.ts';
import type { RightSize } from '../../analytics/memory/right-size.ts';
import { runtimeOf } from '../../analytics/runtimes/identifier.ts';
import type { FunctionIdentity, MemoryEvidence, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { MemoryAnswer } from '../contract/memory.ts';
import { type memoryQuery, memoryRoutes } from '../contract/memory.ts';
import { implement } from '../implement.ts';
import { ControlFunctions } from '../memory-controls.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { codeOf, codesOf, sentenceOf } from '../presentation/reasons.ts';
import { seedOf } from '../presentation/seed.ts';
import { tuningRunView } from '../presentation/tuning-run.ts';
import { functionOf, rangeOf } from '../query.ts';

const OUT_OF_MEMORY_DAYS = 30;
export const MONTH_DAYS = 30;
/** Newest results of Power Tuning that are read. */
const MOST_TUNING_RUNS = 50;
/** Updates of $LATEST that are read; AWS allows 15 a second, but people make far fewer. */
const MOST_UPDATES = 1000;

export const memoryHandlers = implement(memoryRoutes, {
  getFunctionMemory: async ({ context, params, query }) =>
    memoryOf(context, await functionOf(params.id, context.store), rangeOf(query, context.now()), query),
});

/** Computes right-sizing of a function over a range. `controls` are shared by the functions of one request. */
export async function memoryOf(
  context: Context,
  identity: FunctionIdentity,
  range: TimeRange,
  query: Omit<z.infer<typeof memoryQuery>, 'from' | 'to'>,
  controls = new ControlFunctions(context.store.read),
): Promise<MemoryAnswer> {
  const { functionId } = identity;
  const [found, cold, updates, inventory, runs] = await Promise.all([
    context.store.read.memory({
      ...range,
      functionId,
      outOfMemorySinceMs: context.now() - OUT_OF_MEMORY_DAYS * DAY_MS,
    }),
    context.store.read.coldStarts({ ...range, functionId, examples: 0 }),
    context.store.read.deploys({ functionId, limit: MOST_UPDATES }),
    context.store.read.inventory({ functionId, limit: 1 }),
    context.store.read.tuningRuns({ functionId, limit: MOST_TUNING_RUNS }),
  ]);
  const billedInitMs = cold.causes.billedInits.reduce((sum, init) => sum + init.ms, 0) / Math.max(1, cold.counts.n);
  const architecture = query.architecture ?? identity.architecture;
  const price = priceOf(identity.region, architecture, factorsAt(context.config.priceTerms, range.toMs - 1));
  const days = daysOf(identity, range);
  const invocations = found.sizes.reduce((sum, size) => sum + size.evidence.invocations, 0);
  const invocationsPerMonth = (invocations / days) * MONTH_DAYS;
  const facts = inventory[0]?.facts;
  const {
    currentMb,
    leak,
    leakReason,
    result: answer,
  } = await context.analysis.run('memory', {
    sizes: found.sizes,
    newestMb: identity.memoryMb,
    configuredMb: facts?.memoryMb ?? null,
    use: { outOfMemoryAtMb: found.outOfMemoryAtMb, runtime: runtimeOf(identity) },
    code: { updates, versionCodes: facts?.versionCodes ?? {} },
    tuning: runs,
    controls: found.sizes.length > 1 ? await controls.of(identity, found.range) : [],
    prices: { ...price, billedInitMs },
    invocationsPerMonth,
    goal: query.strategy,
    weight: query.weight,
    maxDurationMs: query.maxDurationMs ?? null,
    maxSlower: query.maxSlower,
    seed: seedOf(identity),
  });
  const { floor, model, recommendation } = answer;
  const now = answer.observed.find((size) => size.memoryMb === currentMb);
  return {
    range: { from: iso(found.range.fromMs), to: iso(found.range.toMs), bucketMs: found.range.widthMs },
    currentMb,
    finding: answer.finding,
    reasons: answer.reasons.map(({ text }) => text),
    reasonCodes: codesOf(answer.reasons),
    observed: observedOf(answer, found),
    model:
      model === null
        ? null
        : {
            kind: model.kind,
            fixedMs: model.fixedMs,
            cpuMs: model.cpuMs,
            looError: model.looError,
            remoteMs: model.remoteMs,
          },
    floorMb: floor?.floorMb ?? null,
    floorReason: floor?.reason.text ?? null,
    floorReasonCode: codeOf(floor?.reason ?? null),
    candidates: [...answer.candidates],
    recommendation,
    tuning: runs.map((run) => {
      const refusal = answer.tuning.find(({ id }) => id === run.id)?.exclusion ?? null;
      return { ...tuningRunView(run), refusal: sentenceOf(refusal), refusalCode: codeOf(refusal) };
    }),
    leak,
    leakReason: sentenceOf(leakReason),
    leakReasonCode: codeOf(leakReason),
    invocationsPerMonth,
    successesPerMonth: invocationsPerMonth * (1 - (now?.failedShare ?? 0)),
    billedInitMs,
    ...priceAssumptions(
      [{ region: identity.region, architecture, invocations }],
      { fromMs: range.toMs - 1, toMs: range.toMs },
      context.config.priceTerms,
    ),
    priceAssumed: price.assumed,
    ...experimentOf(identity, answer, currentMb),
  };
}

/** Days of a range to extrapolate from: of the function's age if it is younger than the range, but at least one. */
export function daysOf({ firstSeenMs }: Pick<FunctionIdentity, 'firstSeenMs'>, { fromMs, toMs }: TimeRange): number {
  return Math.max(1, (toMs - Math.max(fromMs, firstSeenMs)) / DAY_MS);
}

function observedOf(answer: RightSize, found: MemoryEvidence) {
  return answer.observed.map(({ memoryMb, intervalReason, ...rest }) => {
    const size = found.sizes.find((one) => one.evidence.memoryMb === memoryMb);
    return {
      memorySizeMb: memoryMb,
      ...rest,
      intervalReason: sentenceOf(intervalReason),
      intervalReasonCode: codeOf(intervalReason),
      maxMemoryUsedMb: size?.maxUsedMb ?? null,
      sampled: size?.sampled ?? false,
    };
  });
}

/** Suggests a measurement of neighbouring sizes for questions that logs cannot answer. */
function experimentOf(identity: FunctionIdentity, answer: RightSize, currentMb: number | null) {
  const { account, region, name } = identity;
  const enough = answer.observed.filter((size) => size.enough);
  const open = answer.finding === 'insufficient-data' || answer.finding === 'inconclusive';
  const sizes = sizesToMeasure(currentMb, answer.floor?.floorMb ?? null);
  return {
    powerTuningUrl:
      enough.length < 2
        ? null
        : visualizationUrl(
            enough.map((size) => ({
              memoryMb: size.memoryMb,
              averagePrice: size.costPerMillionUsd / 1e6,
              averageDurationMs: size.meanBilledMs,
            })),
          ),
    powerTuningInput: open
      ? { ...tuningInput(`arn:aws:lambda:${region || '<region>'}:${account || '<account>'}:function:${name}`, sizes) }
      : null,
  };
}
