/**
 * Preloaded into every thread of a server: shifts the system clock by the number of milliseconds in the file that SKEW_FILE
 * names. The monotonic clock and the uptime of the machine stay as they are, as when somebody sets the clock.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let readAt = -Infinity;
let skewMs = 0;

function skew() {
  if (performance.now() - readAt > 50) {
    readAt = performance.now();
    try {
      skewMs = Number(readFileSync(process.env.SKEW_FILE, 'utf8')) || 0;
    } catch {
      skewMs = 0;
    }
  }
  return skewMs;
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + skew()] : args));
  }
  static now() {
    return RealDate.now() + skew();
  }
};
