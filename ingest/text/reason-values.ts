/** Parameters of reasons as their sentences show them. Apart from the sentences: pages have those of their own language. */
import { byteSize, chosenLength, duration, fixed, percent, quantity, signedPercent, usd } from './quantities.ts';

export type ReasonParameters = Readonly<Record<string, string | number | boolean | null>>;

/** How lengths of time are written, in the language of a text: measured ones, and chosen ones such as `1 h`. */
export interface LengthTexts {
  readonly measured: (ms: number) => string;
  readonly chosen: (ms: number) => string;
}

const ENGLISH: LengthTexts = { measured: duration, chosen: chosenLength };

/**
 * Parameters as a text shows them, by the unit at the end of their names: `…Ms` is a length of time, `…LengthMs` a chosen one, `…Share`
 * a ratio in percent, `…Change` one with its sign, `…Usd` an amount, `…Bytes` a size, `…Factor` a number with two decimals,
 * `…Quantity` a value in the unit that the parameter `unit` names; other numbers are as they are. Texts select by `yes` and `no`, and by
 * `none` for what there is not.
 */
export function reasonValues(
  parameters: ReasonParameters,
  lengths: LengthTexts = ENGLISH,
): Readonly<Record<string, string | number>> {
  const unit = String(parameters['unit'] ?? '');
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, valueText(name, value, { lengths, unit })]),
  );
}

function valueText(
  name: string,
  value: ReasonParameters[string],
  { lengths, unit }: { readonly lengths: LengthTexts; readonly unit: string },
): string | number {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return value ?? 'none';
  if (name.endsWith('LengthMs')) return lengths.chosen(value);
  if (name.endsWith('Ms')) return lengths.measured(value);
  if (name.endsWith('Share')) return percent(value);
  if (name.endsWith('Change')) return signedPercent(value);
  if (name.endsWith('Usd')) return usd(value);
  if (name.endsWith('Bytes')) return byteSize(value);
  if (name.endsWith('Quantity')) return quantity(value, unit);
  return name.endsWith('Factor') ? fixed(value, 2) : value;
}
