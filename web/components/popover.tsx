import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface PopoverProps {
  /** Id of the button, for shortcuts and tests. */
  readonly id: string;
  /** What the button opens, for screen readers. */
  readonly label: string;
  readonly title?: string;
  readonly buttonClass?: string;
  /** What the button shows. */
  readonly button: ComponentChildren;
  /** What the box shows; it exists only while it is open. */
  readonly children: (close: () => void) => ComponentChildren;
}

/** A button that opens a box beside it. Escape, a click elsewhere, or leaving it with Tab closes it. */
export function Popover({ id, label, title, buttonClass, button, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    // Its keys work at once, and screen readers say what has opened.
    content.current?.focus({ preventScroll: true });
    const press = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', press);
    return () => document.removeEventListener('pointerdown', press);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble here from the button and from what the box holds.
    <div
      class="popover"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
      onFocusOut={(event) => {
        const { relatedTarget } = event;
        if (relatedTarget instanceof Node && box.current?.contains(relatedTarget) !== true) setOpen(false);
      }}
    >
      <button
        id={id}
        ref={opener}
        type="button"
        class={buttonClass}
        title={title}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div ref={content} role="dialog" class="popover-box" aria-label={label} tabIndex={-1}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
