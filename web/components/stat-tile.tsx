import type { ComponentChildren } from 'preact';

/** One figure with its label and a note on its basis, such as an interval or n. */
export function StatTile({
  label,
  value,
  note,
}: {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly note: string;
}) {
  return (
    <div class="tile">
      <div class="label">{label}</div>
      <div class="value">{value}</div>
      <div class="note">{note}</div>
    </div>
  );
}
