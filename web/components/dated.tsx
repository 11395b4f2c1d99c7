const DATE = /(\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?)/;

/** A text whose dates and times are not broken at their hyphens and blanks. */
export function Dated({ text }: { readonly text: string }) {
  return <>{text.split(DATE).map((part, at) => (at % 2 === 1 ? <time key={at}>{part}</time> : part))}</>;
}
