import type { ComponentChildren } from 'preact';

/** A panel with a heading. `aside` is placed beside it: badges and buttons. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="panel" aria-label={title}>
      <div class="head">
        <h2>{title}</h2>
        {aside !== undefined && <div class="grow" />}
        {aside}
      </div>
      {children}
    </section>
  );
}
