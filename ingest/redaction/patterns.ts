/**
 * The built-in patterns. Each is anchored at a character or word that is found fast, and reads a bounded number of characters
 * around it, so that every text takes linear time.
 */
import { findCards } from './cards.ts';
import { findIbans } from './ibans.ts';
import type { FindMatches, PatternName } from './rules.ts';

/** RFC 5321, 4.5.3.1: local part and domain. */
const [MOST_LOCAL, MOST_DOMAIN] = [64, 255];
const LOCAL = /[\w.!#$%&'*+/=?^`{|}~\u00c0-\u1fff\u2c00-\u2fef\u3040-\ud7ff-]/;
const DOMAIN = /[A-Za-z0-9.\u00c0-\u1fff\u2c00-\u2fef\u3040-\ud7ff-]/;
const TOP_LEVEL = /[^.-]\.(?:[A-Za-z\u00c0-\ud7ff]{2,63}|xn--[A-Za-z0-9-]{2,59})$/;
/** Characters that are legal before an `@` and in practice divide it from what is before. */
const DIVIDERS = /["'`{}|=&?/<>(),;:[\]]/;

const findEmails: FindMatches = (text, add) => {
  for (const sign of ['@', '%40']) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      const start = localStart(text, at);
      const domainAt = at + sign.length;
      let end = domainAt;
      while (end < text.length && end - domainAt < MOST_DOMAIN && DOMAIN.test(text.charAt(end))) end += 1;
      while (end > domainAt && /[.-]/.test(text.charAt(end - 1))) end -= 1;
      if (start < at && TOP_LEVEL.test(text.slice(domainAt, end))) add(start, end);
    }
  }
};

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MOST_LOCAL) {
    const before = text.charAt(start - 1);
    if (!LOCAL.test(before) || DIVIDERS.test(before)) break;
    start -= 1;
  }
  return afterEscape(text, start, at);
}

/** Of `\nada@…` in a JSON string, the address begins after the n. `\u002b` is a part of it. */
function afterEscape(text: string, start: number, at: number): number {
  if (start >= at || backslashesBefore(text, start) % 2 === 0) return start;
  return text.charAt(start) === 'u' ? start - 1 : start + 1;
}

export function backslashesBefore(text: string, at: number): number {
  let n = 0;
  while (text.charCodeAt(at - n - 1) === 0x5c) n += 1;
  return n;
}

const KEY_ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g;
/** A name, what divides it from its value, and the beginning of the value. */
const NAMED =
  /(?:secret_?-?(?:access_?-?)?key|(?:session|security)_?-?token|x-amz-(?:signature|credential))["'\\]{0,4}\s{0,4}(?:=>|[:=])\s{0,4}["'\\]{0,4}(?=[A-Za-z0-9])/gi;
const SECRET = /[A-Za-z0-9/+=%]/;
const SHORTEST_SECRET = 32;

const findAwsKeys: FindMatches = (text, add) => {
  for (const match of text.matchAll(KEY_ID)) add(match.index, match.index + match[0].length);
  addRuns(text, NAMED, SECRET, (start, end) => {
    if (end - start >= SHORTEST_SECRET) add(start, end);
  });
};

/** Calls `add` with the run of characters after each match. Matches within a run are left out: each character is read once. */
function addRuns(text: string, before: RegExp, of: RegExp, add: (start: number, end: number) => void): void {
  let read = 0;
  for (const { index, 0: match } of text.matchAll(before)) {
    if (index < read) continue;
    const start = index + match.length;
    read = runEnd(text, start, of);
    add(start, read);
  }
}

function runEnd(text: string, start: number, of: RegExp): number {
  let end = start;
  while (end < text.length && of.test(text.charAt(end))) end += 1;
  return end;
}

const BASE64URL = /[\w-]/;
const SHORTEST_PART = 8;
/** A JWE has five parts, a JWS three. */
const MOST_PARTS = 5;

const findTokens: FindMatches = (text, add) => {
  for (let start = text.indexOf('eyJ'); start !== -1; ) {
    let end = runEnd(text, start, BASE64URL);
    const next = end;
    let parts = 1;
    while (parts < MOST_PARTS && text.charAt(end) === '.') {
      const partEnd = runEnd(text, end + 1, BASE64URL);
      if (parts === 1 && partEnd - end <= SHORTEST_PART) break;
      parts += 1;
      end = partEnd;
    }
    const isWhole = start === 0 || !BASE64URL.test(text.charAt(start - 1)) || backslashesBefore(text, start - 1) > 0;
    if (isWhole && parts > 2 && next - start >= SHORTEST_PART) add(start, end);
    start = text.indexOf('eyJ', end);
  }
};

const SCHEME = /\b(?:bearer|basic)(?:\s|%20|\+){1,4}(?=[\w.~+/-])/gi;
const CREDENTIALS = /[\w.~+/=-]/;
const LONGEST_WORD = 20;
/** The name of a header, and the scheme. */
const HEADER = /authorization\W{1,12}(?:bearer|basic)(?:\W|%20){1,8}$/i;
const HEADER_CHARS = 48;

const findBearers: FindMatches = (text, add) => {
  addRuns(text, SCHEME, CREDENTIALS, (start, end) => {
    if (end - start < SHORTEST_PART) return;
    // Not words: "bearer authentication". Behind the name of the header, and of this length, it is none.
    const isToken =
      /[0-9A-Z=]/.test(text.slice(start, end)) ||
      end - start >= LONGEST_WORD ||
      HEADER.test(text.slice(Math.max(0, start - HEADER_CHARS), start));
    if (isToken) add(start, end);
  });
};

/** E.164: a country code and up to 15 digits in all. */
const [FEWEST_DIGITS, MOST_DIGITS] = [8, 15];

const findPhones: FindMatches = (text, add) => {
  for (let at = text.indexOf('+'); at !== -1; at = text.indexOf('+', at + 1)) {
    if (!/[1-9]/.test(text.charAt(at + 1)) || /[\w+]/.test(text.charAt(at - 1))) continue;
    let [end, digits] = [at + 1, 0];
    for (let next = at + 1; next < text.length && next - end < 3; next += 1) {
      const char = text.charAt(next);
      if (/\d/.test(char)) {
        digits += 1;
        end = next + 1;
        if (digits > MOST_DIGITS) break;
      } else if (!/[ .()/-]/.test(char)) break;
    }
    if (digits >= FEWEST_DIGITS && digits <= MOST_DIGITS && !/[\w]/.test(text.charAt(end))) add(at, end);
  }
};

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ADDRESS = new RegExp(`(?<![\\w.])(?:${OCTET}\\.){3}${OCTET}(?![\\w]|\\.\\d)`, 'g');

const findAddresses: FindMatches = (text, add) => {
  for (const match of text.matchAll(ADDRESS)) add(match.index, match.index + match[0].length);
};

export const FIND: Readonly<Record<PatternName, FindMatches>> = {
  email: findEmails,
  'aws-keys': findAwsKeys,
  jwt: findTokens,
  bearer: findBearers,
  card: findCards,
  iban: findIbans,
  phone: findPhones,
  ipv4: findAddresses,
};
