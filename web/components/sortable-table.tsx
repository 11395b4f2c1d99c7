import type { ComponentChildren } from 'preact';
import { Component } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { setSearchParams, useLocation } from '../state/location.ts';
import { ColumnPicker, useColumnChoice } from './column-picker.tsx';
import { SortHeader, SortSelect, sortedBy } from './sorting.tsx';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly number?: boolean;
  readonly onlyWide?: boolean;
  /** Value to sort by; a column without it is not sortable. */
  readonly sort?: (row: T) => number | string | null;
  readonly cell: (row: T) => ComponentChildren;
}

/** Tables with fewer columns show all of them. */
const PICKABLE = 6;

interface SortableTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly initial: string;
  /** Rows that come before all others, whatever the order is. */
  readonly isFirst?: (row: T) => boolean;
}

/** A table that sorts by a click on a column's header; the order lives in the URL. Rows are drawn as they are scrolled to. */
export function SortableTable<T>({ label, rows, columns: all, initial, isFirst }: SortableTableProps<T>) {
  const { query } = useLocation();
  const sort = query.get('sort') ?? initial;
  const descending = sort.startsWith('-');
  const column = all.find((entry) => entry.key === sort.replace('-', ''));
  const { shown: columns, hidden, toggle } = useColumnChoice(label, all, column?.key ?? '');
  const by = column?.sort;
  const { shown, sentinel } = useIncrementalRows(rows.length, sort);
  const sorted = useMemo(() => {
    const inOrder = by === undefined ? rows : sortedBy(rows, by, descending);
    return isFirst === undefined ? inOrder : [...inOrder.filter(isFirst), ...inOrder.filter((row) => !isFirst(row))];
  }, [rows, sort, isFirst]);
  const choose = (next: string): void => setSearchParams({ sort: next }, true);
  const headOf = ({ key, title, number, sort: isSortable }: Column<T>) => ({
    name: isSortable === undefined ? null : key,
    title,
    number,
  });
  return (
    <>
      <div class="table-tools">
        <SortSelect columns={all.map(headOf)} sort={sort} choose={choose} />
        {all.length >= PICKABLE && <ColumnPicker label={label} columns={all} hidden={hidden} toggle={toggle} />}
      </div>
      <div class="scroll">
        <table class="cards" aria-label={label}>
          <thead>
            <tr>
              {columns.map((entry) => (
                <SortHeader {...headOf(entry)} sort={sort} choose={choose} />
              ))}
            </tr>
          </thead>
          <tbody>
            {chunksOf(sorted, shown).map((chunk) => (
              <Chunk rows={chunk} columns={columns as readonly Column<never>[]} search={query.toString()} />
            ))}
          </tbody>
        </table>
        <div ref={sentinel} class="soft small">
          {rows.length > shown && t('{shown} of {all}: scroll for more', { shown, all: rows.length })}
        </div>
      </div>
    </>
  );
}

interface ChunkProps {
  readonly rows: readonly unknown[];
  readonly columns: readonly Column<never>[];
  /** Query string of the page: links in the rows carry parts of it. */
  readonly search: string;
}

/** Renders only when its own rows change: adding a chunk does not redraw the ones above. */
class Chunk extends Component<ChunkProps> {
  override shouldComponentUpdate({ rows, columns, search }: ChunkProps): boolean {
    const { props } = this;
    return search !== props.search || columns !== props.columns || rows.some((row, at) => row !== props.rows[at]);
  }

  override render({ rows, columns }: ChunkProps) {
    return rows.map((row) => (
      <tr>
        {columns.map((entry) => (
          <td class={entry.number ? 'number' : ''} data-label={entry.title}>
            {entry.cell(row as never)}
          </td>
        ))}
      </tr>
    ));
  }
}

function chunksOf<T>(rows: readonly T[], shown: number): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let from = 0; from < Math.min(shown, rows.length); from += ROWS_PER_CHUNK) {
    chunks.push(rows.slice(from, Math.min(shown, from + ROWS_PER_CHUNK)));
  }
  return chunks;
}

/** Rows per chunk: rendering a thousand rows with sparklines at once would block the page. */
const ROWS_PER_CHUNK = 50;

/** Number of rows to draw: grows when `sentinel` is about to be scrolled into view, starts over when the order changes. */
function useIncrementalRows(total: number, order: string) {
  const sentinel = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(ROWS_PER_CHUNK);
  useEffect(() => setShown(ROWS_PER_CHUNK), [order]);
  useEffect(() => {
    if (sentinel.current === null || shown >= total) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setShown((old) => old + ROWS_PER_CHUNK);
      },
      { rootMargin: '600px' },
    );
    observer.observe(sentinel.current);
    return () => observer.disconnect();
  }, [shown, total]);
  return { shown, sentinel };
}
