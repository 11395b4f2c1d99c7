/** A table that sorts by a click on its head; the order lives in the URL. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
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
  const { shown, sentinel } = useRows(rows.length, sort);
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
          {sorted.slice(0, shown).map((row) => (
            <tr>
              {columns.map((entry) => (
                <td class={entry.number ? 'number' : ''}>{entry.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div ref={sentinel} class="soft small">
        {rows.length > shown && `${shown} of ${rows.length}: more come as you scroll`}
      </div>
    </div>
  );
}

/** Rows drawn at once: a thousand of them, with their sparklines, would hold up the page. */
const ROWS_AT_ONCE = 100;

/** Grows when the end of what is drawn comes into sight; begins anew when the order changes. */
function useRows(total: number, order: string) {
  const sentinel = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  useEffect(() => setShown(ROWS_AT_ONCE), [order]);
  useEffect(() => {
    if (sentinel.current === null || shown >= total) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setShown((old) => old + ROWS_AT_ONCE);
      },
      { rootMargin: '600px' },
    );
    observer.observe(sentinel.current);
    return () => observer.disconnect();
  }, [shown, total]);
  return { shown, sentinel };
}

/** Absent values sort last in either direction's sense of small. */
function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
