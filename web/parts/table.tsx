/** A table that sorts by a click on its head; the order lives in the URL. */
import type { ComponentChildren } from 'preact';
import { setQuery, usePlace } from '../state/location.ts';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly number?: boolean;
  /** What to sort by; columns without it do not sort. */
  readonly sort?: (row: T) => number | string | null;
  readonly cell: (row: T) => ComponentChildren;
}

interface SortedTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly initial: string;
}

export function SortedTable<T>({ label, rows, columns, initial }: SortedTableProps<T>) {
  const { query } = usePlace();
  const sort = query.get('sort') ?? initial;
  const descending = sort.startsWith('-');
  const column = columns.find((entry) => entry.key === sort.replace('-', ''));
  const by = column?.sort;
  const sorted = by === undefined ? rows : rows.toSorted((a, b) => compare(by(a), by(b)) * (descending ? -1 : 1));
  const click = (entry: Column<T>): void => {
    const next =
      entry.key === column?.key
        ? descending
          ? entry.key
          : `-${entry.key}`
        : entry.number
          ? `-${entry.key}`
          : entry.key;
    setQuery({ sort: next }, true);
  };
  return (
    <div class="scroll">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((entry) => (
              <th
                class={entry.number ? 'number' : ''}
                aria-sort={entry.key === column?.key ? (descending ? 'descending' : 'ascending') : undefined}
              >
                {entry.sort === undefined ? (
                  entry.title
                ) : (
                  <button type="button" onClick={() => click(entry)}>
                    {entry.title}
                    {entry.key === column?.key ? (descending ? ' ↓' : ' ↑') : ''}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr>
              {columns.map((entry) => (
                <td class={entry.number ? 'number' : ''}>{entry.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Absent values sort last in either direction's sense of small. */
function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
