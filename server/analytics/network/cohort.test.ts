import { expect, test } from 'vitest';
import type { Deployment } from './cohort.ts';
import { matchCohort } from './cohort.ts';

const MB = 1_048_576;
const AT = Date.UTC(2026, 10, 20);
let ids = 0;
const deployment = (changes: Partial<Deployment> = {}): Deployment => {
  ids += 1;
  return {
    functionId: ids,
    vpc: false,
    memoryMb: 512,
    runtime: 'nodejs22.x',
    packageType: 'Zip',
    architecture: 'x86_64',
    codeSizeBytes: 12 * MB,
    layers: [],
    ...changes,
  };
};

test('functions that differ in the VPC alone are compared', () => {
  const [own, peer, a, b] = [deployment({ vpc: true }), deployment({ vpc: true }), deployment(), deployment()];
  expect(matchCohort(own, [a, own, peer, b, deployment({ vpc: null })], AT)).toEqual({
    inside: [own.functionId, peer.functionId],
    outside: [a.functionId, b.functionId],
    roughlyOutside: [a.functionId, b.functionId],
    problem: null,
  });
});

test.each<[string, Partial<Deployment>, string]>([
  ['an image', { packageType: 'Image', runtime: null }, 'package type'],
  ['another runtime', { runtime: 'python3.13' }, 'runtime'],
  ['an older version of the runtime', { runtime: 'nodejs20.x' }, 'runtime'],
  ['another architecture', { architecture: 'arm64' }, 'architecture'],
  ['an unknown architecture', { architecture: null }, 'architecture'],
  ['another memory size', { memoryMb: 1024 }, 'memory size'],
  ['a larger package', { codeSizeBytes: 60 * MB }, 'code size'],
  ['a package two megabytes smaller', { codeSizeBytes: 10 * MB }, 'code size'],
  ['an unknown code size', { codeSizeBytes: null }, 'code size'],
  ['a layer', { layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:big:3'] }, 'layers'],
])('%s is not compared, and the reason says why', (_, changes, field) => {
  const own = deployment({ vpc: true });
  const found = matchCohort(own, [own, deployment(changes), deployment(changes)], AT);
  expect(found.outside).toEqual([]);
  // Roughly alike are those that share these three.
  expect(found.roughlyOutside).toHaveLength(['memory size', 'runtime', 'package type'].includes(field) ? 0 : 2);
  expect(found.problem?.text).toContain(`in ${field} (2); placement, download and network cannot be separated`);
});

test('sizes within a tenth or a megabyte match; versions of a layer are no difference', () => {
  const layer = (version: number) => ({ layers: [`arn:aws:lambda:eu-west-1:123456789012:layer:tools:${version}`] });
  const own = deployment({ vpc: true, ...layer(1) });
  const [near, small] = [deployment({ codeSizeBytes: 13 * MB, ...layer(2) }), deployment({ vpc: true })];
  expect(matchCohort(own, [own, near, small], AT)).toMatchObject({
    inside: [own.functionId],
    outside: [near.functionId],
    problem: null,
  });
});

test.each<[string, Partial<Deployment>, string]>([
  ['code size', { codeSizeBytes: null }, 'code size of the function is unknown'],
  // Lambda reports a size of zero of images.
  ['size of an image', { packageType: 'Image', runtime: null, codeSizeBytes: 0 }, 'size of the image of the function'],
  ['two fields', { runtime: null, architecture: null }, 'runtime, architecture of the function are unknown'],
])('a function of unknown %s is refused', (_, changes, text) => {
  const own = deployment({ vpc: true, ...changes });
  const found = matchCohort(own, [own, deployment(changes)], AT);
  expect(found.outside).toEqual([]);
  expect(found.problem?.text).toContain(text);
});

test('a tenth of a large package matches, more does not', () => {
  const own = deployment({ vpc: true, codeSizeBytes: 100 * MB });
  const [near, far] = [deployment({ codeSizeBytes: 91 * MB }), deployment({ codeSizeBytes: 89 * MB })];
  expect(matchCohort(own, [own, near, far], AT).outside).toEqual([near.functionId]);
});

test('a function of which it is not known whether it is in a VPC is on neither side', () => {
  const own = deployment({ vpc: true });
  const found = matchCohort(own, [own, deployment(), deployment({ vpc: null })], AT);
  expect([found.inside.length, found.outside.length, found.roughlyOutside.length]).toEqual([1, 1, 1]);
});

test('since December 2020 a function may be an image: an unknown package type is refused', () => {
  const own = deployment({ vpc: true, packageType: null });
  const before = matchCohort(own, [own, deployment({ packageType: null })], Date.UTC(2020, 10, 30));
  expect(before).toMatchObject({ problem: null });
  expect(before.outside).toHaveLength(1);
  const after = matchCohort(own, [own, deployment({ packageType: null })], Date.UTC(2020, 11, 2));
  expect(after.outside).toEqual([]);
  expect(after.problem?.text).toContain('package type of the function is unknown');
});

test('images without a runtime are compared with images of the same size', () => {
  const image = { packageType: 'Image', runtime: null, codeSizeBytes: 400 * MB };
  const [own, other] = [deployment({ vpc: true, ...image }), deployment(image)];
  expect(matchCohort(own, [own, other], AT)).toMatchObject({ outside: [other.functionId], problem: null });
});

test('in 2019 every function was an archive on x86_64', () => {
  const then = { packageType: null, architecture: null };
  const [own, other] = [deployment({ vpc: true, ...then }), deployment(then)];
  expect(matchCohort(own, [own, other], Date.UTC(2019, 3, 1)).outside).toEqual([other.functionId]);
  expect(matchCohort(own, [own, other], AT).outside).toEqual([]);
});

test('without any function outside', () => {
  const own = deployment({ vpc: true });
  expect(matchCohort(own, [own], AT).problem?.text).toMatch(/^Not comparable: no function outside of a VPC is known/);
});

test('a package of unknown size matches none, however small the other one is', () => {
  const small = { codeSizeBytes: MB / 2 };
  const unknown = { codeSizeBytes: null };
  const outsideOf = (own: Partial<Deployment>, other: Partial<Deployment>) => {
    const self = deployment({ vpc: true, ...own });
    return matchCohort(self, [self, deployment(other)], AT).outside.length;
  };
  expect([outsideOf(small, small), outsideOf(small, unknown), outsideOf(unknown, small)]).toEqual([1, 0, 0]);
});

test('the sentence describes the function and counts the differences', () => {
  const own = deployment({ vpc: true });
  const others = [deployment({ runtime: 'python3.13' }), deployment({ memoryMb: 1024 }), deployment({ memoryMb: 256 })];
  expect(matchCohort(own, [own, ...others], AT).problem?.text).toBe(
    'Not comparable: none of 3 functions outside of a VPC matches this function (nodejs22.x, Zip, x86_64, 512 MB memory, 12.0 MiB code). They differ, or are unknown, in runtime (1), memory size (2); placement, download and network cannot be separated.',
  );
  const image = deployment({ vpc: true, packageType: 'Image', runtime: null });
  expect(matchCohort(image, [image, deployment()], AT).problem?.text).toContain('(Image, x86_64, 512 MB memory,');
});

test.each([
  ['packageType', Date.UTC(2020, 11, 1)],
  ['architecture', Date.UTC(2021, 8, 29)],
] as const)('an unknown %s was the only one there was until the day itself', (field, sinceMs) => {
  const [own, other] = [deployment({ vpc: true, [field]: null }), deployment()];
  expect(matchCohort(own, [own, other], sinceMs - 1).outside).toEqual([other.functionId]);
  expect(matchCohort(own, [own, other], sinceMs).outside).toEqual([]);
});
