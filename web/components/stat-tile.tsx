import { Minus, TrendingDown, TrendingUp } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { message, translated } from '../i18n/translate.ts';
import { Detail } from './estimate.tsx';
import { Sparkline } from './sparkline.tsx';

/** A figure against that of the previous period. */
export interface Change {
  /** Such as `+12 %`. */
  readonly text: string;
  readonly direction: 'up' | 'down' | 'same';
  /** Neutral where it is neither, and where the difference is not significant. */
  readonly meaning: 'better' | 'worse' | 'neutral';
  /** What it is compared with, as a sentence: `1,234 in the 24 hours before`. */
  readonly basis: string;
}

interface StatTileProps {
  readonly label: ComponentChildren;
  readonly value: string;
  /** A short line below the value. */
  readonly note?: string;
  /** Interval, n and basis, behind the mark beside the value. */
  readonly detail?: string;
  /** False where the data does not settle the value: it is grey then. */
  readonly significant?: boolean;
  /** Against the previous period; null where that has no data. */
  readonly change?: Change | null;
  /** The values of the period's buckets, for a small chart. */
  readonly spark?: { readonly values: readonly number[]; readonly label: string };
  /** Where the label leads. */
  readonly href?: string;
}

/** One figure with its label: its change, its course over time, and what it rests on. */
export function StatTile({ label, value, note, detail, significant = true, change, spark, href }: StatTileProps) {
  const id = useId();
  return (
    <div class={significant ? 'tile' : 'tile unsure'}>
      <div class="label">{href === undefined ? label : <a href={href}>{label}</a>}</div>
      <div class="headline">
        <span class="value" aria-describedby={detail === undefined ? undefined : id}>
          {value}
        </span>
        {detail !== undefined && <Detail id={id} text={detail} />}
        {change !== undefined && change !== null && <ChangeMark change={change} />}
      </div>
      {note !== undefined && <div class="note">{note}</div>}
      {spark !== undefined && <Sparkline values={spark.values} label={spark.label} />}
    </div>
  );
}

const ARROWS = { up: TrendingUp, down: TrendingDown, same: Minus } as const;
const MEANINGS = { better: message('better'), worse: message('worse') } as const;

/** A change against the previous period: an arrow, the difference, and its meaning in words for screen readers. */
export function ChangeMark({ change }: { readonly change: Change }) {
  const Arrow = ARROWS[change.direction];
  const meaning = change.meaning === 'neutral' ? null : translated(MEANINGS[change.meaning]);
  return (
    <span class={`change ${change.meaning === 'neutral' ? '' : change.meaning}`} title={change.basis}>
      <Arrow size={14} />
      {change.text}
      <span class="visually-hidden">{meaning === null ? change.basis : `${meaning}: ${change.basis}`}</span>
    </span>
  );
}
