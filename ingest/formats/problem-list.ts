/** Collects texts that could not be read, up to a number; of further ones the number per reason, with the first as an example. */
import type { JsonExcess } from '../text/json-limits.ts';
import type { ExportProblem } from './export-event.ts';
import { limits } from './limits.ts';
import type { Unreadable } from './parsed-upload.ts';

/** A text that could not be read; made only if it is kept. */
export type Problem = Omit<Unreadable, 'text'> & Pick<ExportProblem, 'text'>;

export class ProblemList {
  readonly #kept: Unreadable[] = [];
  readonly #more = new Map<string, Unreadable & { n: number }>();

  push(given: Problem): void {
    if (this.#kept.length < limits.requestDeadLetters) {
      this.#kept.push(withText(given));
      return;
    }
    const more = this.#more.get(given.reason);
    const { n = 1 } = given;
    if (more === undefined) this.#more.set(given.reason, { ...withText(given), n });
    else more.n += n;
  }

  /** Adds JSON that goes beyond a limit. */
  pushExcess({ limit: reason, message: detail }: JsonExcess, text: string): void {
    this.push({ reason, text, detail });
  }

  finish(): readonly Unreadable[] {
    return [...this.#kept, ...this.#more.values()];
  }
}

/** Spreading each problem of a hostile body takes as long as finding it. */
function withText(problem: Problem): Unreadable {
  if (hasText(problem)) return problem;
  const { reason, text: given, n, detail, bytes } = problem;
  const text = typeof given === 'string' ? given : given();
  return n === undefined && detail === undefined && bytes === undefined ? { reason, text } : { ...problem, text };
}

function hasText(problem: Problem): problem is Unreadable {
  return typeof problem.text === 'string';
}
