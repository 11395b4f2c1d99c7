/**
 * The architecture of functions over time. A published version never changes its own; that of $LATEST, and of versions of
 * which no source says it, is the one that applied at the time.
 */

/** What an inventory or CloudTrail said: the architecture since an update. */
export interface ArchitectureFact {
  readonly functionId: number;
  /** A published version, or '' for $LATEST. */
  readonly version: string;
  /** Time of the update, epoch ms; of the observation where no source states it. */
  readonly sinceMs: number;
  readonly architecture: string;
}

export interface ArchitectureChange {
  readonly atMs: number;
  readonly before: string;
  readonly after: string;
}

interface Owner {
  readonly functionId: number;
  /** The newest that a source stated; null if none did. */
  readonly architecture: string | null;
}

interface Timeline {
  /** Ascending by time; neighbours differ. */
  readonly latest: readonly ArchitectureFact[];
  readonly versions: ReadonlyMap<string, string>;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export class Architectures {
  readonly #functions: ReadonlyMap<number, Timeline>;

  /** `facts`: in any order, all that are stored of the functions whose architecture ever differed between times or versions. */
  constructor(facts: readonly ArchitectureFact[]) {
    const byFunction = new Map<number, ArchitectureFact[]>();
    for (const fact of facts) {
      const own = byFunction.get(fact.functionId) ?? [];
      byFunction.set(fact.functionId, own);
      own.push(fact);
    }
    this.#functions = new Map([...byFunction].map(([functionId, own]) => [functionId, timelineOf(own)]));
  }

  /** Returns the architecture of a version at a time. Before the first known update, the one after it is assumed. */
  of({ functionId, architecture }: Owner, version: string | null, atMs: number): string | null {
    const timeline = this.#functions.get(functionId);
    if (timeline === undefined) return architecture;
    const own = version === null ? undefined : timeline.versions.get(version);
    if (own !== undefined) return own;
    const since = timeline.latest.findLast((fact) => fact.sinceMs <= atMs) ?? timeline.latest[0];
    return since?.architecture ?? architecture;
  }

  /** Returns whether versions or times of a function differ. */
  varies(functionId: number): boolean {
    return this.#functions.has(functionId);
  }

  /** Returns the architectures of published versions, of those that a source stated. */
  versions(functionId: number): ReadonlyMap<string, string> {
    return this.#functions.get(functionId)?.versions ?? new Map();
  }

  /** Returns the changes of $LATEST inside the range, in order. */
  changes(functionId: number, { fromMs, toMs }: Range): readonly ArchitectureChange[] {
    const latest = this.#functions.get(functionId)?.latest ?? [];
    return latest.flatMap(({ sinceMs, architecture }, at) => {
      const before = latest[at - 1]?.architecture;
      if (before === undefined || sinceMs <= fromMs || sinceMs >= toMs) return [];
      return [{ atMs: sinceMs, before, after: architecture }];
    });
  }
}

/** A part of a range of time in which no version of a function changes its architecture. */
export interface Span extends Range {
  /** Architecture of a version, as {@link Architectures.of}. */
  readonly of: (version: string | null) => string | null;
}

/** Divides a range at the changes of a function. */
export function spansOf(architectures: Architectures, owner: Owner, { fromMs, toMs }: Range): readonly Span[] {
  const edges = [fromMs, ...architectures.changes(owner.functionId, { fromMs, toMs }).map(({ atMs }) => atMs), toMs];
  return edges.slice(1).map((endMs, at) => {
    const startMs = edges[at] ?? endMs;
    return { fromMs: startMs, toMs: endMs, of: (version) => architectures.of(owner, version, startMs) };
  });
}

function timelineOf(facts: readonly ArchitectureFact[]): Timeline {
  const latest: ArchitectureFact[] = [];
  const versions = new Map<string, string>();
  for (const fact of facts.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
    if (fact.version !== '') versions.set(fact.version, fact.architecture);
    else if (latest.at(-1)?.architecture !== fact.architecture) latest.push(fact);
  }
  return { latest, versions };
}
