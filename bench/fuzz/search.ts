/** Searches for the text that takes most CPU time per byte, and for texts that make the decoder throw. */

import type { EntryPoint } from './entry-points.ts';
import { fields, mutatedFields } from './fields.ts';
import type { Genes } from './genes.ts';
import { HEADS, mutated, PIECES, TAILS, textOf } from './genes.ts';

/** A text and the CPU time that it takes. */
export interface Found {
  readonly entryPoint: string;
  readonly genes: Genes;
  /** CPU time for each MB of text, ms. */
  readonly msPerMb: number;
  /** Time of a text of eight times the size, by the time of the text; 8 if the work is linear. */
  readonly growth: number;
}

/** A text that is kept with the figures, and its format. */
export interface KeptText {
  readonly format: string;
  readonly head: string;
  readonly piece: string;
  readonly tail: string;
}

/** Throws if the value is no such text. */
export function keptText(value: unknown): KeptText {
  const { format, head, piece, tail } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof format !== 'string' || typeof head !== 'string' || typeof piece !== 'string' || typeof tail !== 'string')
    throw new TypeError('expected JSON with format, head, piece and tail');
  return { format, head, piece, tail };
}

/** How often a kept text is measured: the first bodies run code that is not compiled yet. */
const AGAIN = 9;

/** CPU time of a kept text for each MB, ms: the least of some measurements; 0 if it became cheap. */
export function costOfKept({ format, ...parts }: KeptText, entryPoints: readonly EntryPoint[]): number {
  const entryPoint = entryPoints.find(({ name }) => name === format);
  if (entryPoint === undefined) throw new RangeError(`unknown format ${format}`);
  const genes = { ...parts, entryPoint: 0 };
  return Math.min(...Array.from({ length: AGAIN }, () => measured(entryPoint, genes)?.msPerMb ?? 0));
}

export interface SearchResult {
  /** The costliest, worst first. */
  readonly worst: readonly Found[];
  readonly crashes: readonly { readonly entryPoint: string; readonly genes: Genes; readonly error: string }[];
  readonly tried: number;
}

const SHORT_CHARS = 30_000;
const LONG_CHARS = 8 * SHORT_CHARS;
const KEPT = 24;
/** CPU time below which nothing is measured again, ms for each MB. */
const CHEAP = 20;
/** Texts tried between two measurements of all that are kept. */
const TRIED_BETWEEN = 200;

/** CPU time of all threads of the process, ms. */
export function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The smaller of two measurements, to exclude garbage collection and compilation. */
function steady(work: () => unknown): number {
  return Math.min(cpuOf(work), cpuOf(work));
}

/**
 * `more` says whether to try another text. What is kept is measured again from time to time and at the end: the first texts run code that
 * is not compiled yet, and would hide those that are costly for good.
 */
export function search(
  entryPoints: readonly EntryPoint[],
  random: () => number,
  more: (tried: number) => boolean,
): SearchResult {
  const pick = <T>(list: readonly T[], otherwise: T): T => list[Math.floor(random() * list.length)] ?? otherwise;
  const isBinary = (at: number): boolean => entryPoints[at]?.isBinary === true;
  const next = (parent: Genes | undefined): Genes => {
    const at = parent?.entryPoint ?? Math.floor(random() * entryPoints.length);
    if (isBinary(at)) return parent === undefined ? fields(at, random) : mutatedFields(parent, random);
    const text =
      parent === undefined
        ? { entryPoint: at, head: pick(HEADS, ''), piece: pick(PIECES, 'x'), tail: pick(TAILS, '') }
        : mutated(parent, random, entryPoints.length);
    // It went to an entry point that reads no text.
    return isBinary(text.entryPoint) ? fields(text.entryPoint, random) : text;
  };
  const crashes: { entryPoint: string; genes: Genes; error: string }[] = [];
  let worst: Found[] = [];
  let tried = 0;
  while (more(tried)) {
    tried += 1;
    if (tried % TRIED_BETWEEN === 0) worst = again(worst, entryPoints);
    const parent = random() < 0.6 ? worst[Math.floor(random() ** 2 * worst.length)]?.genes : undefined;
    const genes = next(parent);
    const entryPoint = entryPoints[genes.entryPoint];
    if (entryPoint === undefined) continue;
    try {
      const found = measured(entryPoint, genes);
      if (found === null) continue;
      worst = [...worst.filter((one) => !isSame(one, found)), found]
        .toSorted((a, b) => b.msPerMb - a.msPerMb)
        .slice(0, KEPT);
    } catch (error) {
      crashes.push({ entryPoint: entryPoint.name, genes, error: String(error) });
    }
  }
  return { worst: again(again(worst, entryPoints), entryPoints), crashes, tried };
}

/** The texts with the least time that was measured of each, worst first. */
function again(found: readonly Found[], entryPoints: readonly EntryPoint[]): Found[] {
  return found
    .flatMap((one) => {
      const entryPoint = entryPoints.find(({ name }) => name === one.entryPoint);
      const now = entryPoint === undefined ? null : measured(entryPoint, one.genes);
      return now === null ? [] : [now.msPerMb < one.msPerMb ? now : one];
    })
    .toSorted((a, b) => b.msPerMb - a.msPerMb);
}

/** One place in the list for each piece at each entry point: otherwise it fills with variants of the same text. */
function isSame(a: Found, b: Found): boolean {
  return a.entryPoint === b.entryPoint && a.genes.piece === b.genes.piece && a.msPerMb <= b.msPerMb;
}

/** Null if the text is cheap. */
function measured(entryPoint: EntryPoint, genes: Genes): Found | null {
  const long = textOf(genes, LONG_CHARS);
  let bytes = 0;
  const once = cpuOf(() => {
    bytes = entryPoint.decode(long);
  });
  if (once < (CHEAP * bytes) / 1e6) return null;
  const longMs = steady(() => entryPoint.decode(long));
  const short = textOf(genes, SHORT_CHARS);
  const shortMs = steady(() => entryPoint.decode(short));
  return {
    entryPoint: entryPoint.name,
    genes,
    msPerMb: longMs / (bytes / 1e6),
    growth: longMs / Math.max(0.05, shortMs),
  };
}
