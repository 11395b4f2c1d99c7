/** What another process has used, as Linux tells it. */
import { readFileSync } from 'node:fs';

/** High-water mark of resident memory, MB; NaN where the process is gone. */
export function peakMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** User and system time, seconds, from clock ticks of 10 ms. @throws Error where the process is gone. */
export function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
