/** What this process may use of the machine: memory, processors and open files, by control groups (versions 1 and 2) and limits. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { openFilesIn } from './open-files.ts';

export interface Machine {
  /** Bytes of memory that this process and its children may use together. */
  readonly memoryBytes: number;
  /** What sets the limit of memory. */
  readonly memoryBy: 'cgroup' | 'machine';
  /** Processors, at least one; fractions of a quota are rounded up. */
  readonly processors: number;
  /** Files and sockets that may be open at once; null if unlimited or unknown. */
  readonly openFiles: number | null;
}

/** Reads a file; null if it does not exist or cannot be read. */
type ReadFile = (path: string) => string | null;

/** Reads the limits of this process. */
export function readMachine(): Machine {
  return machineOf(readOrNull, totalmem(), availableParallelism());
}

/** Bytes of memory of this process that no file backs: the kernel can drop the others. All of it where that is not known. */
export function privateBytes(): number {
  const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readOrNull('/proc/self/status') ?? '')?.[1];
  return kib === undefined ? process.memoryUsage.rss() : Number(kib) * 1024;
}

/** `totalBytes` and `parallelism` are those of the machine, which control groups can only lower. */
export function machineOf(read: ReadFile, totalBytes: number, parallelism: number): Machine {
  const groups = groupsOf(read('/proc/self/cgroup') ?? '');
  const limits = [
    ...values(read, folders('/sys/fs/cgroup', groups.v2), 'memory.max', wholeNumber),
    // Above this the kernel slows the process down until it is useless.
    ...values(read, folders('/sys/fs/cgroup', groups.v2), 'memory.high', wholeNumber),
    ...values(read, folders('/sys/fs/cgroup/memory', groups.memory), 'memory.limit_in_bytes', wholeNumber),
  ].filter((bytes) => bytes > 0 && bytes < totalBytes);
  const quotas = [
    ...values(read, folders('/sys/fs/cgroup', groups.v2), 'cpu.max', shareOf),
    ...['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct'].flatMap((root) =>
      folders(root, groups.cpu).flatMap((folder) => {
        const quota = read(join(folder, 'cpu.cfs_quota_us'));
        const period = read(join(folder, 'cpu.cfs_period_us'));
        const share = quota === null || period === null ? null : shareOf(`${quota.trim()} ${period.trim()}`);
        return share === null ? [] : [share];
      }),
    ),
  ];
  return {
    memoryBytes: Math.min(totalBytes, ...limits),
    memoryBy: limits.length > 0 ? 'cgroup' : 'machine',
    processors: Math.max(1, Math.min(parallelism, ...quotas.map(Math.ceil))),
    openFiles: openFilesIn(read('/proc/self/limits') ?? ''),
  };
}

/** Paths of this process's groups, by their hierarchy: `0::/a/b` is version 2, `4:memory:/a` version 1. */
function groupsOf(text: string): { readonly v2: string; readonly memory: string; readonly cpu: string } {
  const paths = { v2: '/', memory: '/', cpu: '/' };
  for (const line of text.split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    const names = controllers.split(',');
    if (line.startsWith('0::')) paths.v2 = path;
    if (names.includes('memory')) paths.memory = path;
    if (names.includes('cpu')) paths.cpu = path;
  }
  return paths;
}

/** The folder of a group and of those around it, whose limits apply too. In a container, the path may not be below the mount. */
function folders(root: string, path: string): readonly string[] {
  const found: string[] = [];
  // A path that begins with /.. is outside of what this namespace shows.
  for (let at = path.startsWith('/..') ? '/' : path; ; at = dirname(at)) {
    found.push(join(root, at));
    if (at === '/') return found;
  }
}

function values(
  read: ReadFile,
  places: readonly string[],
  name: string,
  parse: (text: string) => number | null,
): readonly number[] {
  return places.flatMap((folder) => {
    const text = read(join(folder, name));
    const value = text === null ? null : parse(text.trim());
    return value === null ? [] : [value];
  });
}

/** Null for `max`, `-1` and anything that is no whole number. */
function wholeNumber(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Processors by quota and period, in microseconds; null if there is no quota. */
function shareOf(text: string): number | null {
  const [, quota, period] = /^(\d+) (\d+)$/.exec(text) ?? [];
  return quota === undefined || Number(period) === 0 ? null : Number(quota) / Number(period);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
