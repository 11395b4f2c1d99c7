import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

/** Texts of fewer characters fit into a few lines of a phone. */
const LONG_CHARS = 320;
/** Texts of fewer characters leave room for others in a wide window. */
const VERY_LONG_CHARS = 2400;

/** A text that is cut after eight lines on a phone, and after sixteen in a wide window, with a button that shows all of it. */
export function Clamped({ length, children }: { readonly length: number; readonly children: ComponentChildren }) {
  const [all, setAll] = useState(false);
  const isVeryLong = length > VERY_LONG_CHARS;
  if (length <= LONG_CHARS) return <>{children}</>;
  return (
    <>
      <span class={all ? '' : isVeryLong ? 'clamped long' : 'clamped'}>{children}</span>
      {!all && (
        <button
          type="button"
          class={isVeryLong ? 'plain small' : 'plain small phone-only'}
          onClick={() => setAll(true)}
        >
          {t('Show all')}
        </button>
      )}
    </>
  );
}
