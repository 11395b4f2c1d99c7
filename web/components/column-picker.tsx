import { Columns3 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Popover } from './popover.tsx';

interface PickableColumn {
  readonly key: string;
  readonly title: string;
}

/** Columns of a table that are shown; the choice is kept in this browser. The first column always is. */
export function useColumnChoice<T extends PickableColumn>(label: string, columns: readonly T[]) {
  const kept = `columns:${label}`;
  const [hidden, setHidden] = useState<readonly string[]>(() =>
    (localStorage.getItem(kept) ?? '').split(',').filter(Boolean),
  );
  const toggle = (key: string): void => {
    const next = hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key];
    localStorage.setItem(kept, next.join(','));
    setHidden(next);
  };
  const shown = hidden.length === 0 ? columns : columns.filter(({ key }, at) => at === 0 || !hidden.includes(key));
  return { shown, hidden, toggle };
}

interface ColumnPickerProps {
  readonly label: string;
  readonly columns: readonly PickableColumn[];
  readonly hidden: readonly string[];
  readonly toggle: (key: string) => void;
}

/** A button that opens the list of columns, each with a box to tick. */
export function ColumnPicker({ label, columns, hidden, toggle }: ColumnPickerProps) {
  return (
    <div class="column-picker">
      <Popover
        id={`columns-${label.toLowerCase().replaceAll(/\W+/g, '-')}`}
        label={t('Columns of {table}', { table: label })}
        buttonClass="plain small"
        button={
          <>
            <Columns3 size={15} /> {t('Columns')}
          </>
        }
      >
        {() =>
          columns.slice(1).map(({ key, title }) => (
            <label class="pick">
              <input type="checkbox" checked={!hidden.includes(key)} onChange={() => toggle(key)} /> {title}
            </label>
          ))
        }
      </Popover>
    </div>
  );
}
