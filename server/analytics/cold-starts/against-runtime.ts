/** Compares each function's init with the median of its runtime. */
import { median } from '../statistics/order.ts';

export interface Initialised {
  /** Name from inventory or INIT_START: nodejs22.x, nodejs:22.v31. */
  readonly runtime: string | null;
  readonly initMs: number | null;
}

export interface AgainstRuntime {
  readonly ratio: number;
  readonly runtime: string;
  readonly functions: number;
}

const FEWEST = 3;

/** Results in the order given; null if runtime or init is unknown, or fewer than three functions use the runtime. */
export function againstRuntime(functions: readonly Initialised[]): readonly (AgainstRuntime | null)[] {
  const byRuntime = new Map<string, number[]>();
  for (const { runtime, initMs } of functions) {
    if (runtime === null || initMs === null) continue;
    const family = familyOf(runtime);
    const values = byRuntime.get(family) ?? [];
    byRuntime.set(family, values);
    values.push(initMs);
  }
  return functions.map(({ runtime, initMs }) => {
    if (runtime === null || initMs === null) return null;
    const family = familyOf(runtime);
    const values = byRuntime.get(family) ?? [];
    const middle = values.length < FEWEST ? 0 : median(values);
    return middle === 0 ? null : { ratio: initMs / middle, runtime: family, functions: values.length };
  });
}

/** Normalises a runtime name: `nodejs:22.v31` and `nodejs22.x` both become `nodejs22`. */
function familyOf(runtime: string): string {
  return runtime.replace(/\.(?:v\d+|x|mainline.*)$/, '').replace(':', '');
}
