/** Functions that are comparable with a function in a VPC but for the VPC. What cannot be matched is excluded, with the reason. */
import { byteSize, count, mb } from '../../../ingest/text/quantities.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';

/** What the time before init depends on besides the network: placement and download. null is unknown. */
export interface Deployment {
  readonly functionId: number;
  readonly vpc: boolean | null;
  readonly memoryMb: number | null;
  readonly runtime: string | null;
  readonly packageType: string | null;
  readonly architecture: string | null;
  readonly codeSizeBytes: number | null;
  readonly layers: readonly string[] | null;
}

export interface Cohort {
  /** Matched functions in a VPC, the function itself first. */
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  /** Functions outside of a VPC with the same runtime and memory size: enough to recognise an interface per environment. */
  readonly roughlyOutside: readonly number[];
  /** Why there is no comparison; null if there are functions on both sides. */
  readonly problem: Reason | null;
}

const MB = 1_048_576;
/** Code sizes match within a tenth or a megabyte: downloads of both take the same time within some ms. */
const SIZE_SHARE = 0.1;
const SIZE_BYTES = MB;
/** Until these days, all functions were .zip archives, and ran on x86_64. */
const IMAGES_SINCE_MS = Date.UTC(2020, 11, 1);
const ARM_SINCE_MS = Date.UTC(2021, 8, 29);

type Field = 'memory size' | 'runtime' | 'package type' | 'architecture' | 'code size' | 'layers';

/** Candidates are functions of the same region. `atMs` is the end of the observed range. */
export function matchCohort(own: Deployment, candidates: readonly Deployment[], atMs: number): Cohort {
  const self = completed(own, atMs);
  const others = candidates.filter((one) => one.functionId !== own.functionId).map((one) => completed(one, atMs));
  const alike = (one: Deployment): boolean => mismatch(self, one) === null;
  const outside = others.filter((one) => one.vpc === false);
  const matched = outside.filter(alike);
  return {
    inside: [self, ...others.filter((one) => one.vpc === true && alike(one))].map(idOf),
    outside: matched.map(idOf),
    roughlyOutside: outside
      .filter((one) => one.memoryMb === self.memoryMb && one.runtime === self.runtime)
      .filter((one) => one.packageType === self.packageType)
      .map(idOf),
    problem: unknownProblem(self) ?? (matched.length === 0 ? unmatchedProblem(self, outside) : null),
  };
}

/** Returns the first field by which two deployments differ, or that is unknown of the other. */
function mismatch(a: Deployment, b: Deployment): Field | null {
  if (a.packageType === null || a.packageType !== b.packageType) return 'package type';
  // Lambda knows no runtime of an image.
  if ((a.runtime === null && a.packageType !== 'Image') || a.runtime !== b.runtime) return 'runtime';
  if (a.architecture === null || a.architecture !== b.architecture) return 'architecture';
  if (a.memoryMb === null || a.memoryMb !== b.memoryMb) return 'memory size';
  if (!sizesMatch(a.codeSizeBytes, b.codeSizeBytes)) return 'code size';
  if (layersOf(a) !== layersOf(b)) return 'layers';
  return null;
}

function sizesMatch(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return false;
  return Math.abs(a - b) <= Math.max(SIZE_BYTES, SIZE_SHARE * Math.max(a, b));
}

/** Without their versions. Layers are downloaded too, and no list of functions contains their sizes. */
function layersOf({ layers }: Deployment): string {
  return (layers ?? [])
    .map((arn) => arn.replace(/:\d+$/, ''))
    .toSorted()
    .join('\n');
}

function unknownProblem(self: Deployment): Reason | null {
  const unknown = (
    [
      ['package type', self.packageType],
      ['runtime', self.packageType === 'Image' ? '' : self.runtime],
      ['architecture', self.architecture],
      ['memory size', self.memoryMb],
      [self.packageType === 'Image' ? 'size of the image' : 'code size', self.codeSizeBytes],
    ] as const
  )
    .filter(([, value]) => value === null)
    .map(([field]) => field);
  if (unknown.length === 0) return null;
  return reasonOf('network-fields-unknown', { fields: unknown.join(', '), isOne: unknown.length === 1 });
}

function unmatchedProblem(self: Deployment, outside: readonly Deployment[]): Reason {
  if (outside.length === 0) return reasonOf('network-none-outside');
  const fields = new Map<Field, number>();
  for (const one of outside) {
    const field = mismatch(self, one);
    if (field !== null) fields.set(field, (fields.get(field) ?? 0) + 1);
  }
  const differing = [...fields].map(([field, n]) => `${field} (${count(n)})`).join(', ');
  return reasonOf('network-unmatched', {
    functions: outside.length,
    description: descriptionOf(self),
    fields: differing,
  });
}

function descriptionOf({ runtime, packageType, architecture, memoryMb, codeSizeBytes }: Deployment): string {
  return [runtime, packageType, architecture, `${mb(memoryMb)} memory`, `${byteSize(codeSizeBytes ?? 0)} code`]
    .filter((part) => part !== null)
    .join(', ');
}

/** Adds what was the only possibility at that time, and removes a size of zero, which Lambda reports of images. */
function completed(one: Deployment, atMs: number): Deployment {
  return {
    ...one,
    packageType: one.packageType ?? (atMs < IMAGES_SINCE_MS ? 'Zip' : null),
    architecture: one.architecture ?? (atMs < ARM_SINCE_MS ? 'x86_64' : null),
    codeSizeBytes: one.codeSizeBytes === 0 ? null : one.codeSizeBytes,
  };
}

function idOf({ functionId }: Deployment): number {
  return functionId;
}
