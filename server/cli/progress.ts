/** Progress of long operations: a live line with rate and ETA on a terminal, nothing in a pipe. */
import { count, integer } from '../../ingest/text/quantities.ts';
import { redraw } from './output.ts';

export class Progress {
  readonly #total: number;
  readonly #unit: string;
  readonly #began = performance.now();
  #done = 0;
  #drawn = 0;

  /** `total` in units; 0 if unknown. */
  constructor(total: number, unit: string) {
    this.#total = total;
    this.#unit = unit;
  }

  add(n: number, note: string): void {
    this.#done += n;
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#drawn < 100) return;
    this.#drawn = now;
    redraw(this.#line(note));
  }

  finish(): void {
    if (process.stderr.isTTY) redraw('');
  }

  #line(note: string): string {
    const seconds = (performance.now() - this.#began) / 1000;
    const rate = this.#done / Math.max(seconds, 0.001);
    const share = this.#total === 0 ? '' : `${integer((100 * this.#done) / this.#total)} % · `;
    const left =
      this.#total === 0 || rate === 0 ? '' : ` · ${integer(Math.max(0, (this.#total - this.#done) / rate))} s left`;
    const unit = this.#unit === 'B' ? 'B' : ` ${this.#unit}`;
    return `${share}${count(this.#done)}${unit} · ${count(rate)}${unit}/s${left} · ${note}`;
  }
}

/** Progress of an operation whose total is unknown, but whose completed share is known. */
export class ShareProgress {
  readonly #unit: string;
  readonly #began = performance.now();
  #done = 0;
  #drawn = 0;

  constructor(unit: string) {
    this.#unit = unit;
  }

  /** `share` is the completed share, 0 to 1. */
  add(n: number, share: number, note: string): void {
    this.#done += n;
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#drawn < 100) return;
    this.#drawn = now;
    const seconds = (now - this.#began) / 1000;
    const rate = this.#done / Math.max(seconds, 0.001);
    const left = share > 0.001 ? ` · ${integer((seconds * (1 - share)) / share)} s left` : '';
    redraw(
      `${integer(share * 100)} % · ${count(this.#done)} ${this.#unit} · ${count(rate)} ${this.#unit}/s${left} · ${note}`,
    );
  }

  finish(): void {
    if (process.stderr.isTTY) redraw('');
  }
}
