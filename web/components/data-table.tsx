import type { ComponentChildren } from 'preact';

export interface DataColumn {
  readonly title: string;
  readonly number?: boolean;
}

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table in the given order of rows. It scrolls sideways within itself on narrow screens. */
export function DataTable({ label, columns, rows }: DataTableProps) {
  return (
    <div class="scroll">
      <table class="cards" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, number }) => (
              <th class={number === true ? 'number' : ''}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, at) => (
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
