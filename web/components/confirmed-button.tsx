/** A button for what cannot be taken back: the first click asks, the second one does it. */
import { useState } from 'preact/hooks';

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
  const [asking, setAsking] = useState(false);
  const click = (): void => {
    setAsking(!asking);
    if (asking) onConfirm();
  };
  return (
    <>
      <button type="button" disabled={disabled} onClick={click}>
        {asking ? confirmLabel : label}
      </button>
      {asking && (
        <button type="button" onClick={() => setAsking(false)}>
          Cancel
        </button>
      )}
    </>
  );
}
