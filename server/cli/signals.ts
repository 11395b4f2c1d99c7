/** Termination signals. */

/** Calls `stop` once, on SIGINT or SIGTERM. */
export function onTermination(stop: (signal: 'SIGINT' | 'SIGTERM') => void): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (stopping) return;
      stopping = true;
      stop(signal);
    });
  }
}
