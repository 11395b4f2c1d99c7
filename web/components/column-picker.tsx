import { Columns3 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { Popover } from './popover.tsx';

interface PickableColumn {
  readonly key: string;
  readonly title: string;
  /** Left out on a phone until columns are chosen, unless the table is sorted by it. */
  readonly onlyWide?: boolean;
}

/** As in web/styles/tables.css: up to here rows are cards. */
const PHONE_PX = 640;

/** Columns of a table that are shown; the choice is kept in this browser, that of a phone's width apart. The first column always is. */
export function useColumnChoice<T extends PickableColumn>(label: string, columns: readonly T[], sortedBy: string) {
  const isPhone = window.innerWidth <= PHONE_PX;
  const kept = `${isPhone ? 'phone-' : ''}columns:${label}`;
  const [chosen, setChosen] = useState(() => localStorage.getItem(kept)?.split(',').filter(Boolean) ?? null);
  const isHidden = ({ key, onlyWide = false }: T): boolean =>
    chosen === null ? onlyWide && key !== sortedBy && isPhone : chosen.includes(key);
  const hidden = columns.filter(isHidden).map(({ key }) => key);
  const toggle = (key: string): void => {
    const next = hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key];
    localStorage.setItem(kept, next.join(','));
    setChosen(next);
  };
  const shown = hidden.length === 0 ? columns : columns.filter((one, at) => at === 0 || !isHidden(one));
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
