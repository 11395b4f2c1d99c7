/** Headers of tables that sort, and the same as a list on phones, where headers are not shown. */
import { ArrowDown, ArrowUp } from 'lucide-preact';
import { t } from '../i18n/translate.ts';

export interface SortColumn {
  /** Name of the order; null if the column does not sort. */
  readonly name: string | null;
  readonly title: string;
  readonly number?: boolean | undefined;
}

interface Sorting {
  /** Name of the column that rows are in the order of, with `-` before it where they descend; '' for the order that they came in. */
  readonly sort: string;
  readonly choose: (sort: string) => void;
}

/** The header of a column. A click sorts: numbers descend at first, texts ascend. */
export function SortHeader({ name, title, number, sort, choose }: SortColumn & Sorting) {
  const isSorted = name !== null && sort.replace('-', '') === name;
  const descends = sort.startsWith('-');
  const next = (isSorted ? !descends : number === true) ? `-${name}` : `${name}`;
  return (
    <th
      class={number === true ? 'number' : ''}
      aria-sort={isSorted ? (descends ? 'descending' : 'ascending') : undefined}
    >
      {name === null ? (
        title
      ) : (
        <button type="button" onClick={() => choose(next)}>
          {title}
          {isSorted && (descends ? <ArrowDown size={13} /> : <ArrowUp size={13} />)}
        </button>
      )}
    </th>
  );
}

/** The sortable columns in both directions. Nothing is chosen for the order that rows came in. */
export function SortSelect({ columns, sort, choose }: Sorting & { readonly columns: readonly SortColumn[] }) {
  return (
    <label class="phone-only small">
      {t('Sort by')}{' '}
      <select value={sort} onChange={(event) => choose(event.currentTarget.value)}>
        {sort === '' && <option value="" />}
        {columns.flatMap(({ name, title }) =>
          name === null
            ? []
            : [
                <option key={`-${name}`} value={`-${name}`}>
                  {t('{column}, descending', { column: title })}
                </option>,
                <option key={name} value={name}>
                  {t('{column}, ascending', { column: title })}
                </option>,
              ],
        )}
      </select>
    </label>
  );
}

type Value = number | string | null;

/** Sorts numbers or texts. What is not known comes last in both directions; equal ones stay in their order. */
export function sortedBy<T>(rows: readonly T[], of: (row: T) => Value, descends: boolean): readonly T[] {
  return rows.toSorted((one, other) => {
    const [a, b] = [of(one), of(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
    return descends ? -order : order;
  });
}
