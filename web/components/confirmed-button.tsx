/** A button for actions that cannot be undone: the first click requests confirmation, the second performs it. */

import type { LucideIcon } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

interface ConfirmedButtonProps {
  /** Before the first click, such as `Undo`. */
  readonly label: string;
  /** After the first click: what the next one does, such as `Remove 12 events`. */
  readonly confirmLabel: string;
  readonly disabled: boolean;
  /** In the place of the label, where many rows have the button. */
  readonly icon?: LucideIcon;
  readonly onConfirm: () => void;
}

/** Button that needs a second click, with a Cancel button beside it after the first. */
export function ConfirmedButton({ label, confirmLabel, disabled, icon: Icon, onConfirm }: ConfirmedButtonProps) {
  const [confirming, setConfirming] = useState(false);
  const click = (): void => {
    setConfirming(!confirming);
    if (confirming) onConfirm();
  };
  const buttons = (
    <>
      <button type="button" class={confirming ? 'danger' : ''} disabled={disabled} onClick={click}>
        {confirming ? confirmLabel : label}
      </button>
      {confirming && (
        <button type="button" onClick={() => setConfirming(false)}>
          {t('Cancel')}
        </button>
      )}
    </>
  );
  if (Icon === undefined) return buttons;
  // The question lies over the row, so that no other button moves under the pointer.
  return (
    <span class="over-row">
      <button
        type="button"
        class="icon plain"
        aria-label={label}
        title={label}
        disabled={disabled}
        onClick={() => setConfirming(true)}
      >
        <Icon size={16} />
      </button>
      {confirming && <span>{buttons}</span>}
    </span>
  );
}
