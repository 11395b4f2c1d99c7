/** Label sets: immutable, in the order of their names, comparable by one text. */
import { compareText } from '../../../ingest/text/compare-text.ts';

export const METRIC_NAME = '__name__';

export class Labels {
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** Equal for equal label sets, and for no others. */
  readonly key: string;

  private constructor(entries: readonly (readonly [string, string])[]) {
    this.entries = entries;
    this.key = JSON.stringify(entries);
  }

  /** A label with an empty value is a label that is not there. */
  static of(entries: Iterable<readonly [name: string, value: string]>): Labels {
    const kept = [...entries].filter(([, value]) => value !== '');
    return new Labels(kept.toSorted(([a], [b]) => compareText(a, b)));
  }

  /** Returns the empty text for a label that is not there. */
  get(name: string): string {
    for (const [own, value] of this.entries) if (own === name) return value;
    return '';
  }

  keep(names: readonly string[]): Labels {
    return new Labels(this.entries.filter(([name]) => names.includes(name)));
  }

  drop(names: readonly string[]): Labels {
    if (!this.entries.some(([name]) => names.includes(name))) return this;
    return new Labels(this.entries.filter(([name]) => !names.includes(name)));
  }

  with(name: string, value: string): Labels {
    return Labels.of([...this.entries.filter(([own]) => own !== name), [name, value]]);
  }

  withoutName(): Labels {
    return this.drop([METRIC_NAME]);
  }

  toObject(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entries);
  }
}

export const NO_LABELS: Labels = Labels.of([]);
