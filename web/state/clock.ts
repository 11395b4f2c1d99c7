/** The time now, for what is said to be so many seconds old. */
import { useEffect, useState } from 'preact/hooks';

/** Epoch ms, anew each `everyMs` while the page is in sight. */
export function useNow(everyMs = 1000): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNowMs(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
