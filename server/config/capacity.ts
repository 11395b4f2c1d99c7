/** Sizes of threads, caches, heaps and queues by the memory, processors and files that this process may use. */
import type { Reason } from '../../ingest/text/reason.ts';
import { reasonOf } from '../../ingest/text/reason.ts';
import type { Machine } from './machine.ts';

const MIB = 1_048_576;

export interface Capacity {
  readonly memoryBytes: number;
  readonly memoryBy: Machine['memoryBy'] | 'setting';
  readonly processors: number;
  readonly openFiles: number | null;
  readonly decoders: number;
  /** Decode threads that are started when one sender has all others at work. */
  readonly spareDecoders: number;
  readonly readers: number;
  readonly analysts: number;
  /** Request bodies in memory, in total. */
  readonly bodyBudgetBytes: number;
  /** Largest body that is read. */
  readonly largestBodyBytes: number;
  /** Page cache of the writer. */
  readonly writerCacheMb: number;
  /** Part of a file that readers map into memory. */
  readonly mappedBytes: number;
  /** Young heap of a decode thread and of the writer. */
  readonly youngHeapMb: number;
  /** Whether decode threads read bodies of their own after the start. */
  readonly warmsUpDecoders: boolean;
  /** Old heap of a decode thread. */
  readonly decodeHeapMb: number;
  /** Old heap of every other thread; null leaves it to V8. */
  readonly otherHeapMb: number | null;
  /** Memory of one password hash. */
  readonly hashKib: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

/** What settings give in place of the values by memory; undefined if not set. */
export interface GivenCapacity {
  readonly memoryMb: number | undefined;
  readonly decoders: number | undefined;
  readonly readers: number | undefined;
  readonly bodyBudgetMb: number | undefined;
}

/** Below this every buffer counts. */
const SMALL_MB = 384;
const MIDDLE_MB = 1024;
/** The largest body that Firehose sends, with room: 64 MiB before base64. */
const LARGEST_BODY_MB = 96;
/** What RFC 9106 recommends for all but constrained environments, and above OWASP's minimum for those, KiB. */
const HASH_KIB = { usual: 65_536, small: 19_456 } as const;
const MOST_CONNECTIONS = 4096;
/** Files and pipes that the process has open besides its connections: databases, threads, the upkeep process, backups. */
const OWN_FILES = 120;

const clamp = (value: number, least: number, most: number): number =>
  Math.floor(Math.min(most, Math.max(least, value)));

export function capacityOf(machine: Machine, given: GivenCapacity): Capacity {
  const memoryMb = given.memoryMb ?? machine.memoryBytes / MIB;
  const isSmall = memoryMb < SMALL_MB;
  const isMiddle = memoryMb < MIDDLE_MB;
  // Reading a body takes up to four times its bytes.
  const bodyBudgetMb = given.bodyBudgetMb ?? (isMiddle ? clamp(memoryMb / 16, 8, 64) : clamp(memoryMb / 10, 97, 128));
  const byFiles = machine.openFiles === null ? MOST_CONNECTIONS : machine.openFiles - OWN_FILES;
  const connections = clamp(Math.min(memoryMb * 4, byFiles), 64, MOST_CONNECTIONS);
  return {
    memoryBytes: memoryMb * MIB,
    memoryBy: given.memoryMb === undefined ? machine.memoryBy : 'setting',
    processors: machine.processors,
    openFiles: machine.openFiles,
    decoders: given.decoders ?? 1,
    spareDecoders: isSmall ? 0 : 1,
    readers: given.readers ?? (isSmall ? 1 : 2),
    analysts: isMiddle ? 1 : 2,
    bodyBudgetBytes: bodyBudgetMb * MIB,
    largestBodyBytes: Math.min(bodyBudgetMb, LARGEST_BODY_MB) * MIB,
    writerCacheMb: clamp(memoryMb / 16, 8, 40),
    mappedBytes: clamp(memoryMb / 2, 16, 1024) * MIB,
    youngHeapMb: isSmall ? 8 : isMiddle ? 16 : 32,
    warmsUpDecoders: !isMiddle,
    decodeHeapMb: clamp(memoryMb * 0.375, 64, 768),
    otherHeapMb: isMiddle ? clamp(memoryMb / 4, 48, 256) : null,
    hashKib: isSmall ? HASH_KIB.small : HASH_KIB.usual,
    connections,
    // An eighth of all, so that one address cannot occupy them.
    connectionsPerAddress: Math.max(16, Math.floor(connections / 8)),
  };
}

/** What was chosen and by what, in one sentence for logs, the doctor and the Settings page. */
export function capacityReason(capacity: Capacity): Reason {
  const { memoryBytes, memoryBy: by, processors, openFiles: files, decoders, readers, analysts } = capacity;
  return reasonOf('capacity', {
    ...{ memoryBytes, by, processors, hasLimit: files !== null, files: files ?? 0, decoders, readers, analysts },
    ...{ bodiesBytes: capacity.bodyBudgetBytes, bodyBytes: capacity.largestBodyBytes },
    ...{ cacheMb: capacity.writerCacheMb, heapMb: capacity.decodeHeapMb, hashBytes: 1024 * capacity.hashKib },
    connections: capacity.connections,
  });
}
