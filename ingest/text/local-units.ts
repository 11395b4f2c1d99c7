/** Numbers with their units in other languages than English. Apart from the English formats: it loads tables of languages. */

/** A number as `quantities.ts` writes it, with the prefix of its size and its unit, if it has them. */
const QUANTITY = /^([+\u2212-]?)(\d[\d,]*(?:\.(\d+))?)(?: ([kMGTP]))?(?: (ms|s|min|h|days?|%))?$/;
const PREFIXES: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };
const UNITS: Readonly<Record<string, string>> = { s: 'second', min: 'minute', h: 'hour', day: 'day', days: 'day' };
/** Of numbers with a prefix, as in English. */
const DIGITS = 3;

/** `33 %`, `1.50 min` and `50.2 k` as Intl writes them in a language: `33%`, `1.50 分`, `5.02万`. Other texts are returned as they are. */
export function localUnits(text: string, language: string): string {
  const [, sign = '', digits = '', fraction = '', prefix, unit] = QUANTITY.exec(text) ?? [];
  if (prefix === undefined && unit === undefined) return text;
  if (unit === '%' && prefix === undefined) return `${sign}${digits}%`;
  // Lines do not break between a number and its unit.
  if (unit === 'ms' && prefix === undefined) return `${sign}${digits}\u00A0ms`;
  const name = UNITS[unit ?? ''];
  const format = new Intl.NumberFormat(language, {
    ...(name === undefined ? {} : { style: 'unit', unit: name, unitDisplay: 'short' }),
    ...(prefix === undefined
      ? { minimumFractionDigits: fraction.length, maximumFractionDigits: fraction.length }
      : { notation: 'compact', minimumSignificantDigits: DIGITS, maximumSignificantDigits: DIGITS }),
  });
  const value = Number(digits.replaceAll(',', '')) * (PREFIXES[prefix ?? ''] ?? 1);
  return sign + format.format(value).replaceAll(' ', '\u00A0');
}
