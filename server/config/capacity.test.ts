import { expect, test } from 'vitest';
import { capacityOf, capacityReason } from './capacity.ts';
import { openFilesFault } from './open-files.ts';

const MIB = 1_048_576;
const NOTHING = { memoryMb: undefined, decoders: undefined, readers: undefined, bodyBudgetMb: undefined };
const box = (memoryMb: number, openFiles: number | null = null) =>
  capacityOf({ memoryBytes: memoryMb * MIB, memoryBy: 'cgroup', processors: 2, openFiles }, NOTHING);

test.each([128, 192, 256, 384, 512, 1024, 4096, 65_536])('%i MB: what can be in memory at once fits', (memoryMb) => {
  const capacity = box(memoryMb);
  // The process itself, measured at start: 90 MB that no file backs.
  const sum =
    90 +
    (4 * capacity.bodyBudgetBytes) / MIB +
    capacity.writerCacheMb +
    capacity.hashKib / 1024 +
    capacity.connections * 0.016;
  expect(sum).toBeLessThan(Math.max(memoryMb, 192) * 1.02);
});

test('from 2 GB on everything has its usual size', () => {
  expect(box(2048)).toMatchObject({
    decoders: 1,
    readers: 2,
    analysts: 2,
    bodyBudgetBytes: 128 * MIB,
    largestBodyBytes: 96 * MIB,
    writerCacheMb: 40,
    decodeHeapMb: 768,
    otherHeapMb: null,
    hashKib: 65_536,
    connections: 4096,
    connectionsPerAddress: 512,
  });
});

test('a password hash takes 64 MiB, and 19 MiB below 384 MB of memory', () => {
  expect([128, 383, 384, 2048].map((memoryMb) => box(memoryMb).hashKib)).toEqual([19_456, 19_456, 65_536, 65_536]);
});

test('settings override what memory suggests', () => {
  const machine = { memoryBytes: 256 * MIB, memoryBy: 'cgroup', processors: 2, openFiles: null } as const;
  const given = { memoryMb: 2048, decoders: 3, readers: 4, bodyBudgetMb: 97 };
  expect(capacityOf(machine, given)).toMatchObject({
    memoryBytes: 2048 * MIB,
    memoryBy: 'setting',
    decoders: 3,
    readers: 4,
    bodyBudgetBytes: 97 * MIB,
    largestBodyBytes: 96 * MIB,
  });
  expect(capacityReason(capacityOf(machine, given)).text).toContain('by THERMOCLINE_MEMORY_MB');
});

test('few open files: fewer connections, and below the least a sentence', () => {
  expect(box(2048, 1024)).toMatchObject({ connections: 904, connectionsPerAddress: 113 });
  expect(openFilesFault(64)).toBe(
    'The limit of open files is 64; expected at least 256. Raise it (ulimit -n, or LimitNOFILE of the service)',
  );
  expect(openFilesFault(256)).toBeNull();
  expect(openFilesFault(null)).toBeNull();
});

test('decode threads warm up where memory is not short', () => {
  expect([256, 1023, 1024].map((memoryMb) => box(memoryMb).warmsUpDecoders)).toEqual([false, false, true]);
});
