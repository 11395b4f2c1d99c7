/** A button for actions that cannot be undone: the first click requests confirmation, the second performs it. */

import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

interface ConfirmedButtonProps {
  /** Before the first click, such as `Undo`. */
  readonly label: string;
  /** After the first click: what the next one does, such as `Remove 12 events`. */
  readonly confirmLabel: string;
  readonly disabled: boolean;
  readonly onConfirm: () => void;
}

/** Button that needs a second click, with a Cancel button beside it after the first. */
export function ConfirmedButton({ label, confirmLabel, disabled, onConfirm }: ConfirmedButtonProps) {
  const [confirming, setConfirming] = useState(false);
  const click = (): void => {
    setConfirming(!confirming);
    if (confirming) onConfirm();
  };
  return (
    <>
      <button type="button" disabled={disabled} onClick={click}>
        {confirming ? confirmLabel : label}
      </button>
      {confirming && (
        <button type="button" onClick={() => setConfirming(false)}>
          {t('Cancel')}
        </button>
      )}
    </>
  );
}
