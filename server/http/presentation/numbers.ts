/** Formats numbers in sentences. */

/** Formats a share as a percentage with two or three digits; a dash for null. */
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
