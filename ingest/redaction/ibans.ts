/** International bank account numbers (ISO 13616). */
import type { FindMatches } from './rules.ts';

/** Characters of a number by country: the SWIFT registry. */
const LENGTHS = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const BEGIN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}/g;

/** In one piece, or in groups of four. */
export const findIbans: FindMatches = (text, add) => {
  for (const { index: start, 0: begin } of text.matchAll(BEGIN)) {
    const length = LENGTHS.get(begin.slice(0, 2));
    if (length === undefined) continue;
    let [digits, end] = [begin, start + begin.length];
    while (digits.length < length) {
      const isGrouped = digits.length % 4 === 0 && text.charAt(end) === ' ';
      const char = text.charAt(isGrouped ? end + 1 : end);
      if (!/[A-Z0-9]/.test(char)) break;
      digits += char;
      end += isGrouped ? 2 : 1;
    }
    if (digits.length === length && !/[A-Za-z0-9]/.test(text.charAt(end)) && isIban(digits)) add(start, end);
  }
};

/** The number with its first four characters at the end, letters as 10 to 35, leaves 1 when it is divided by 97. */
function isIban(number: string): boolean {
  let rest = 0;
  for (const char of number.slice(4) + number.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest === 1;
}
