import { Info } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

interface EstimateProps {
  /** The headline: a number with its unit. */
  readonly value: ComponentChildren;
  /** What the number rests on, in a sentence: interval, n and basis. */
  readonly detail: string;
  /** False where the data does not settle it: such a number is grey. */
  readonly significant?: boolean;
}

/** A number with its interval, n and basis behind one mark. Screen readers read them as its description. */
export function Estimate({ value, detail, significant = true }: EstimateProps) {
  const id = useId();
  return (
    <span class={significant ? 'estimate' : 'estimate unsure'}>
      <span class="figure" aria-describedby={id}>
        {value}
      </span>
      <Detail id={id} text={detail} />
    </span>
  );
}

/** A mark that shows a text while it is hovered or focused, and after a tap. Escape closes it. */
export function Detail({ id, text }: { readonly id: string; readonly text: string }) {
  const box = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const show = (): void => {
    const mark = box.current?.getBoundingClientRect();
    if (mark !== undefined) setPlace(placeBeside(mark, window.innerWidth, window.innerHeight));
    setOpen(true);
  };
  const hide = (): void => setOpen(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside has the same behaviour by focus and click.
    <span
      ref={box}
      class="detail"
      onPointerEnter={(event) => event.pointerType !== 'touch' && show()}
      onPointerLeave={(event) => event.pointerType !== 'touch' && hide()}
      onFocusIn={show}
      onFocusOut={hide}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        hide();
      }}
    >
      <button type="button" aria-label={t('Details')} aria-expanded={open} aria-describedby={id} onClick={show}>
        <Info size={14} />
      </button>
      <span id={id} role="tooltip" hidden={!open} style={{ left: `${place.left}px`, top: `${place.top}px` }}>
        {text}
      </span>
    </span>
  );
}

/** Width of the box at most, as the style sheet has it. */
const MAX_WIDTH_PX = 352;
const EDGE_PX = 8;
/** Room below the mark that a text of a few lines needs. */
const ROOM_PX = 120;

/** Where the box opens, in px of the window: below its mark, above it near the bottom, and never beyond the edges. */
export function placeBeside(
  mark: { readonly left: number; readonly top: number; readonly bottom: number },
  windowWidth: number,
  windowHeight: number,
): { readonly left: number; readonly top: number } {
  const width = Math.min(MAX_WIDTH_PX, windowWidth - 2 * EDGE_PX);
  const left = Math.max(EDGE_PX, Math.min(mark.left, windowWidth - width - EDGE_PX));
  return { left, top: mark.bottom + ROOM_PX > windowHeight ? Math.max(EDGE_PX, mark.top - ROOM_PX) : mark.bottom };
}
