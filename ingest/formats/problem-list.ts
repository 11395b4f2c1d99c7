/** Collects texts that could not be read, up to a number; of further ones the number per reason, with the first as an example. */
import { limits } from './limits.ts';
import type { Unreadable } from './parsed-upload.ts';

export class ProblemList {
  readonly #kept: Unreadable[] = [];
  readonly #more = new Map<string, { readonly reason: string; readonly text: string; n: number }>();

  push({ reason, text }: Unreadable): void {
    if (this.#kept.length < limits.requestDeadLetters) {
      this.#kept.push({ reason, text });
      return;
    }
    const more = this.#more.get(reason);
    if (more === undefined) this.#more.set(reason, { reason, text, n: 1 });
    else more.n += 1;
  }

  finish(): readonly Unreadable[] {
    return [...this.#kept, ...this.#more.values()];
  }
}
