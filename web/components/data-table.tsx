import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { SortColumn } from './sorting.tsx';
import { SortHeader, SortSelect, sortedBy } from './sorting.tsx';

export interface DataColumn {
  readonly title: string;
  readonly number?: boolean;
  /** Of each row in its order, what the table can be sorted by. */
  readonly values?: readonly (number | string | null)[];
}

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table in the given order of rows, or that of a column with values. It scrolls sideways within itself on narrow screens. */
export function DataTable({ label, columns, rows }: DataTableProps) {
  const [sort, setSort] = useState('');
  const heads = columns.map(({ title, number, values }, at): SortColumn => {
    const isSortable = values !== undefined && values.length > 1;
    return { name: isSortable ? String(at) : null, title, number };
  });
  const values = sort === '' ? undefined : columns[Number(sort.replace('-', ''))]?.values;
  const places = rows.map((_, at) => at);
  const order = values === undefined ? places : sortedBy(places, (at) => values[at] ?? null, sort.startsWith('-'));
  return (
    <div class="scroll">
      {heads.some(({ name }) => name !== null) && <SortSelect columns={heads} sort={sort} choose={setSort} />}
      <table class="cards" aria-label={label}>
        <thead>
          <tr>
            {heads.map((head) => (
              <SortHeader {...head} sort={sort} choose={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {order.map((place) => (
            <tr>
              {rows[place]?.map((cell, at) => (
                <td class={columns[at]?.number === true ? 'number' : ''} data-label={columns[at]?.title}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
