/** A table that is read from top to bottom; it scrolls within itself on narrow screens. */
import type { ComponentChildren } from 'preact';

export interface PlainColumn {
  readonly title: string;
  readonly number?: boolean;
}

interface PlainTableProps {
  readonly label: string;
  readonly columns: readonly PlainColumn[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

export function PlainTable({ label, columns, rows }: PlainTableProps) {
  return (
    <div class="scroll">
      <table aria-label={label}>
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
                <td class={columns[at]?.number === true ? 'number' : ''}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
