/** Resource usage of another process, from Linux /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Returns the peak resident memory, MB; NaN if the process has ended. */
export function peakMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Returns user plus system time, seconds, from clock ticks of 10 ms. @throws Error if the process has ended. */
export function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Returns CPU time of a process's main thread, ms. @throws Error if the process has ended. */
export function mainThreadCpuMs(pid: number | undefined): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** What a process takes while nothing is asked of it. */
export interface Rest {
  readonly rssMb: number;
  /** Part of it that no file backs: the kernel can drop the rest. */
  readonly privateMb: number;
  readonly threads: number;
  /** CPU seconds per second. */
  readonly cpuShare: number;
  /** Voluntary context switches of all threads per second. */
  readonly wakeupsPerSecond: number;
}

interface ThreadCount {
  readonly cpuNs: number;
  readonly switches: number;
}

/** Counts of each thread of a process, by its id. */
function threadCounts(pid: number): ReadonlyMap<string, ThreadCount> {
  const counts = new Map<string, ThreadCount>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const cpuNs = Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]);
    const status = readFileSync(`/proc/${pid}/task/${id}/status`, 'utf8');
    const switches = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
    counts.set(id, { cpuNs, switches });
  }
  return counts;
}

/** Measures a process for a time. @throws Error if the process has ended. */
export async function atRest(pid: number, measureMs: number): Promise<Rest> {
  const before = threadCounts(pid);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, measureMs));
  const seconds = (performance.now() - began) / 1000;
  const after = threadCounts(pid);
  let [cpuNs, switches] = [0, 0];
  for (const [id, now] of after) {
    const then = before.get(id) ?? { cpuNs: 0, switches: 0 };
    cpuNs += now.cpuNs - then.cpuNs;
    switches += now.switches - then.switches;
  }
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return {
    rssMb: megabytes('VmRSS'),
    privateMb: megabytes('RssAnon'),
    threads: after.size,
    cpuShare: cpuNs / 1e9 / seconds,
    wakeupsPerSecond: switches / seconds,
  };
}
