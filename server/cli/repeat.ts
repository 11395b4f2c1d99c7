/** What a process does again and again. */
import type { Logger } from 'pino';

/** Round after round, until the returned function is called. A round that fails is tried again. */
export function repeat(
  round: () => Promise<unknown>,
  what: string,
  firstMs: number,
  pauseMs: number,
  log: Logger,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const next = (): void => {
    round()
      .catch((error: unknown) => {
        if (!ended) log.warn({ err: error }, `${what} failed, and is tried again`);
      })
      .finally(() => {
        if (!ended) timer = setTimeout(next, pauseMs);
      });
  };
  timer = setTimeout(next, firstMs);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
