/** A control group that limits the memory of a process and counts what the kernel ended in it. Versions 1 and 2; needs root. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const isV2 = existsSync(join(ROOT, 'cgroup.controllers'));
const PARENT = isV2 ? ROOT : join(ROOT, 'memory');

export interface MemoryGroup {
  /** Starts a command inside the group: to be put before it. */
  readonly wrapper: readonly string[];
  /** Processes that the kernel ended for want of memory. */
  oomKills(): number;
  /** Most bytes in use at once, files in the page cache included. */
  peakBytes(): number;
  /** Removes the group; nothing may run in it any more. */
  remove(): void;
}

let made = 0;

/** @throws Error where groups cannot be made. */
export function memoryGroup(bytes: number): MemoryGroup {
  made += 1;
  const folder = join(PARENT, `thermocline-${process.pid}-${made}`);
  mkdirSync(folder);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, isV2 ? 'memory.max' : 'memory.limit_in_bytes'), String(bytes));
  if (isV2 && existsSync(join(folder, 'memory.swap.max'))) writeFileSync(join(folder, 'memory.swap.max'), '0');
  return {
    wrapper: ['/bin/sh', '-c', `echo $$ > ${join(folder, 'cgroup.procs')} && exec "$@"`, 'sh'],
    oomKills: () => Number(/oom_kill (\d+)/.exec(read(isV2 ? 'memory.events' : 'memory.oom_control'))?.[1]),
    peakBytes: () => Number(read(isV2 ? 'memory.peak' : 'memory.max_usage_in_bytes')),
    remove: () => rmdirSync(folder),
  };
}

/** Why groups cannot be made here; null if they can. */
export function memoryGroupRefusal(): string | null {
  try {
    const group = memoryGroup(268_435_456);
    group.remove();
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`SKIPPED memory limits: ${reason}\n`);
    return reason;
  }
}
