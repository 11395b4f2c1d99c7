/** A table that sorts by a click on its head; the order lives in the URL. */
import type { ComponentChildren } from 'preact';
import { Component } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { setSearchParams, useLocation } from '../state/location.ts';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly number?: boolean;
  /** What to sort by; columns without it do not sort. */
  readonly sort?: (row: T) => number | string | null;
  readonly cell: (row: T) => ComponentChildren;
}

interface SortableTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly initial: string;
}

export function SortableTable<T>({ label, rows, columns, initial }: SortableTableProps<T>) {
  const { query } = useLocation();
  const sort = query.get('sort') ?? initial;
  const descending = sort.startsWith('-');
  const column = columns.find((entry) => entry.key === sort.replace('-', ''));
  const by = column?.sort;
  const { shown, sentinel } = useRows(rows.length, sort);
  const sorted = useMemo(
    () => (by === undefined ? rows : rows.toSorted((a, b) => compare(by(a), by(b)) * (descending ? -1 : 1))),
    [rows, sort],
  );
  const click = (entry: Column<T>): void => {
    const next =
      entry.key === column?.key
        ? descending
          ? entry.key
          : `-${entry.key}`
        : entry.number
          ? `-${entry.key}`
          : entry.key;
    setSearchParams({ sort: next }, true);
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
          {chunksOf(sorted, shown).map((chunk) => (
            <Chunk rows={chunk} columns={columns as readonly Column<never>[]} place={query.toString()} />
          ))}
        </tbody>
      </table>
      <div ref={sentinel} class="soft small">
        {rows.length > shown && `${shown} of ${rows.length}: more come as you scroll`}
      </div>
    </div>
  );
}

interface ChunkProps {
  readonly rows: readonly unknown[];
  readonly columns: readonly Column<never>[];
  /** Links carry the range and the zone. */
  readonly place: string;
}

/** Rows that stand already are not drawn again when more of them come. */
class Chunk extends Component<ChunkProps> {
  override shouldComponentUpdate({ rows, columns, place }: ChunkProps): boolean {
    const { props } = this;
    return place !== props.place || columns !== props.columns || rows.some((row, at) => row !== props.rows[at]);
  }

  override render({ rows, columns }: ChunkProps) {
    return rows.map((row) => (
      <tr>
        {columns.map((entry) => (
          <td class={entry.number ? 'number' : ''}>{entry.cell(row as never)}</td>
        ))}
      </tr>
    ));
  }
}

function chunksOf<T>(rows: readonly T[], shown: number): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let from = 0; from < Math.min(shown, rows.length); from += ROWS_AT_ONCE) {
    chunks.push(rows.slice(from, Math.min(shown, from + ROWS_AT_ONCE)));
  }
  return chunks;
}

/** Rows drawn at once: a thousand of them, with their sparklines, would hold up the page. */
const ROWS_AT_ONCE = 50;

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
