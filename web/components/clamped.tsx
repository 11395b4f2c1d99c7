import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

/** Texts of fewer characters fit into a few lines of a phone. */
const LONG_CHARS = 320;

/** A text that is cut after eight lines on a phone, with a button that shows all of it; uncut on wider windows. */
export function Clamped({ length, children }: { readonly length: number; readonly children: ComponentChildren }) {
  const [all, setAll] = useState(false);
  if (length <= LONG_CHARS) return <>{children}</>;
  return (
    <>
      <span class={all ? '' : 'clamped'}>{children}</span>
      {!all && (
        <button type="button" class="plain small phone-only" onClick={() => setAll(true)}>
          {t('Show all')}
        </button>
      )}
    </>
  );
}
