/** Numbers in the sentences of answers. */

/** A share as per cent, with two digits or three; a dash where there is none. */
export function percent(value: number | null): string {
  if (value === null) return '–';
  const scaled = value * 100;
  return `${scaled >= 10 ? scaled.toFixed(0) : scaled >= 1 ? scaled.toFixed(1) : scaled.toPrecision(2)} %`;
}

export function plural(n: number, noun: string): string {
  return `${number(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function number(n: number): string {
  return n >= 100 || Number.isInteger(n) ? Math.round(n).toLocaleString('en-US') : n.toPrecision(2);
}
