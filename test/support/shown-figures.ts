/**
 * Compares every number that a page shows with the answers it was given. The answers have numbers of their own, so that one that is
 * shown in a wrong place, unit or rounding is found, and one that comes from nowhere.
 */
import { Random } from '../../ingest/records/random.ts';
import {
  count,
  duration,
  integer,
  mb,
  percent,
  seconds,
  signedPercent,
  significant,
  usd,
} from '../../ingest/text/quantities.ts';
import type { ShownPage } from './show-page.ts';

/** The answer with other numbers: whole ones stay whole, shares stay shares, and none is like another. `keeps`: names that keep theirs. */
export function otherNumbers<T>(answer: T, seed: number, keeps: readonly string[] = []): T {
  const random = new Random(seed);
  const changed = (value: unknown, name: string): unknown => {
    if (keeps.includes(name)) return value;
    if (typeof value === 'number') return otherThan(value, random);
    if (Array.isArray(value)) return value.map((one) => changed(one, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, changed(one, key)]));
  };
  return changed(answer, '') as T;
}

function otherThan(value: number, random: Random): number {
  const scaled = (0.1 + 3 * random.next()) * (Math.abs(value) + (Number.isInteger(value) ? 7 : 0.01));
  const sized = Math.abs(value) <= 1 && !Number.isInteger(value) ? random.next() : scaled;
  return Math.sign(value || 1) * (Number.isInteger(value) ? Math.ceil(scaled) : sized);
}

/** A number as pages write it, with its sign and unit. */
const FIGURE = /[+−-]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?: ?(?:[kMGTP](?: s)?|%|ms|s|min|h|days|MB)(?![\w/]))?/g;

/** Numbers of a text that are parts of words (`p95`, `python3.13`), times and addresses are none of its figures. */
export function figuresIn(text: string, known: readonly string[] = []): readonly string[] {
  const own = known.toSorted((a, b) => b.length - a.length).reduce((rest, one) => rest.replaceAll(one, ' '), text);
  const found = own
    .replaceAll(/\d{4}-\d\d(?:-\d\d)?(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?|[A-Za-z_/][\w./:-]*\d[\w./:-]*/g, ' ')
    .match(FIGURE);
  return found ?? [];
}

/** All forms in which a page may write the numbers of these answers. */
export function formsOf(...answers: readonly unknown[]): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const value of answers.flatMap(numbersOf)) {
    for (const text of [
      ...[count(value), integer(value), percent(value), duration(value), seconds(value), usd(value), mb(value)],
      ...[signedPercent(value), significant(value, 2), significant(value, 3), String(value)],
    ]) {
      // Of a range the unit is written once; where the sign is a word, it is left out.
      for (const form of [text, text.replace(/^[+−-]/, ''), text.replace(' %', '')]) forms.add(form);
    }
  }
  return forms;
}

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

/** Figures of the text that are no form of a number of the answers. */
export function unknownFigures(text: string, forms: ReadonlySet<string>, known: readonly string[]): readonly string[] {
  return figuresIn(text, known).filter((figure) => !forms.has(figure) && !forms.has(figure.replace(/^[+−-]/, '')));
}

/** Heights of the bars beside numbers, px, in order. Rectangles of icons have round corners. */
export function barsOf(page: Pick<ShownPage, 'elements'>): readonly number[] {
  const bars = page.elements('rect').filter(({ attributes }) => attributes['rx'] === undefined);
  return bars.map(({ attributes }) => Number(attributes['height']));
}

/** The heights that bars of these values have: 24 px is the largest; what is not zero has at least one. */
export function barHeights(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  return values.map((value) => (value === 0 ? 0 : Math.max(1, (value / most) * 24)));
}
