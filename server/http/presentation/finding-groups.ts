/** Groups findings of functions by kind: one sentence, the worst functions, and what to do about them. */

import { compareText } from '../../../ingest/text/compare-text.ts';
import type { FindingCode, FindingGroup } from '../contract/findings.ts';
import type { FindingText, GroupParameters } from './finding-text.ts';
import { findingSentence, groupSentence, NEXT_STEPS } from './finding-text.ts';

type Severity = FindingGroup['severity'];

/** A finding of one function, before its sentence is made. */
export interface Found {
  readonly functionId: string;
  readonly name: string;
  readonly text: FindingText;
  readonly severity: Severity;
  /** Order of findings of one code: higher is worse. */
  readonly weight: number;
  /** Invocations that failed, or whose caller waited; null where none did. */
  readonly affected: number | null;
  readonly isLowerBound: boolean;
  readonly invocations: number | null;
  readonly wastedUsd: number | null;
  readonly monthlySavingUsd: FindingGroup['monthlySavingUsd'];
}

const WORST = 10;
const MOST_RUNTIMES = 3;
const LEVEL: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2 };
/** More than any range has invocations: severity decides first. */
const LEVEL_WEIGHT = 1e12;

/** Most urgent first. */
export function groupFindings(all: readonly Found[]): FindingGroup[] {
  const byCode = new Map<FindingCode, Found[]>();
  for (const one of all) {
    const found = byCode.get(one.text.code);
    if (found === undefined) byCode.set(one.text.code, [one]);
    else found.push(one);
  }
  return [...byCode].flatMap(([code, found]) => groupOf(code, found) ?? []).toSorted((a, b) => b.urgency - a.urgency);
}

function groupOf(code: FindingCode, found: readonly Found[]): FindingGroup | null {
  const worstFirst = found.toSorted((a, b) => b.weight - a.weight || compareText(a.name, b.name));
  const [worst] = worstFirst;
  if (worst === undefined) return null;
  const severity = found.some((one) => one.severity === 'high')
    ? 'high'
    : found.some((one) => one.severity === 'medium')
      ? 'medium'
      : 'low';
  const affected = sumKnown(found, (one) => one.affected);
  const saving = savingOf(found);
  const isLowerBound = found.some((one) => one.isLowerBound);
  const parameters: GroupParameters = {
    functions: found.length,
    name: worst.name,
    affected,
    isLowerBound,
    invocations: sumKnown(found, (one) => one.invocations),
    ...runtimesOf(found),
    ...memoryOf(worst),
    waitedSeconds: sumKnown(found, ({ text }) => (text.code === 'cold-starts' ? text.parameters.waitedSeconds : null)),
    monthlySavingUsd: saving?.value ?? null,
  };
  const usd = saving?.value ?? 0;
  const { tab, sentence } = NEXT_STEPS[code];
  return {
    code,
    severity,
    // Money is the last: as a fraction it cannot outweigh an affected invocation.
    urgency: LEVEL[severity] * LEVEL_WEIGHT + (affected ?? 0) + usd / (1 + usd),
    parameters,
    sentence: groupSentence(code, parameters),
    affected,
    affectedIsLowerBound: isLowerBound,
    wastedUsd: sumKnown(found, (one) => one.wastedUsd),
    monthlySavingUsd: saving,
    functions: {
      total: found.length,
      worst: worstFirst.slice(0, WORST).map((one) => ({
        id: one.functionId,
        name: one.name,
        affected: one.affected,
        parameters: one.text.parameters,
        sentence: findingSentence(one.text),
      })),
    },
    next: {
      code: tab,
      functionId: worst.functionId,
      parameters: { name: worst.name },
      sentence: sentence(worst.name),
    },
  };
}

/** Null if no value is known. */
function sumKnown(found: readonly Found[], of: (one: Found) => number | null): number | null {
  return found.reduce<number | null>((sum, one) => {
    const value = of(one);
    return value === null ? sum : (sum ?? 0) + value;
  }, null);
}

/** The sums of the bounds hold the sum also where all estimates err in the same direction. */
function savingOf(found: readonly Found[]): FindingGroup['monthlySavingUsd'] {
  const known = found.flatMap(({ monthlySavingUsd }) => monthlySavingUsd ?? []);
  if (known.length === 0) return null;
  const sum = (of: (one: (typeof known)[number]) => number): number => known.reduce((total, one) => total + of(one), 0);
  return { value: sum(({ value }) => value), low: sum(({ low }) => low), high: sum(({ high }) => high) };
}

/** Each runtime with its day where the days differ. */
function runtimesOf(found: readonly Found[]): Pick<GroupParameters, 'runtimes' | 'deprecation'> {
  const known = found.flatMap(({ text }) => ('deprecation' in text.parameters ? [text.parameters] : []));
  const days = new Set(known.map(({ deprecation }) => deprecation));
  const [day = null] = days;
  const named = known.flatMap(({ runtime, deprecation }) => {
    if (runtime === null) return [];
    return days.size > 1 ? `${runtime} (${deprecation})` : runtime;
  });
  const names = [...new Set(named)].toSorted(compareText);
  const deprecation = days.size > 1 ? null : day;
  if (names.length === 0) return { runtimes: null, deprecation };
  const more = names.length > MOST_RUNTIMES ? ` and ${names.length - MOST_RUNTIMES} more` : '';
  return { runtimes: `${names.slice(0, MOST_RUNTIMES).join(', ')}${more}`, deprecation };
}

function memoryOf({ text }: Found): Pick<GroupParameters, 'currentMb' | 'memoryMb' | 'latencyChange'> {
  if (!('memoryMb' in text.parameters)) return { currentMb: null, memoryMb: null, latencyChange: null };
  const { currentMb, memoryMb, latencyChange } = text.parameters;
  return { currentMb, memoryMb, latencyChange };
}
