/** Whether tables show the interval and n of each number below it. The choice is kept in this browser. */

import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

const KEPT = 'intervals';

/** Class of a panel whose numbers stand alone, or "", and the button that changes it. */
export function useIntervals() {
  const [shown, setShown] = useState(localStorage.getItem(KEPT) === 'shown');
  const toggle = (): void => {
    localStorage.setItem(KEPT, shown ? 'hidden' : 'shown');
    setShown(!shown);
  };
  const button = (
    <button type="button" class="quiet" aria-pressed={shown} onClick={toggle}>
      {t('Show uncertainty')}
    </button>
  );
  return { className: shown ? '' : 'plain-numbers', button } as const;
}

/** What a number in a table rests on: below it where intervals are shown, and when the pointer rests on it. */
export function Basis({ value, basis }: { readonly value: string; readonly basis: string }) {
  return (
    <span title={basis}>
      {value}
      <span class="interval basis">{basis}</span>
    </span>
  );
}
