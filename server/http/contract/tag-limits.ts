/** Sources of tags, and which keys and values they may have. AWS: keys of 1 to 128 characters, values of at most 256, and 50 tags that users set. Pure. */

/** The first has precedence over the second, and that over the third. */
export const TAG_SOURCES = ['manual', 'file', 'inventory'] as const;

const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
/** Tags that people set on a function; AWS admits as many. */
export const MOST_TAGS = 50;
/** Keys that only AWS sets, such as aws:cloudformation:stack-name. */
const OF_AWS = /^aws:/i;
/** Control characters, direction marks, invisible and tag characters, half surrogate pairs, separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What is wrong with a tag of any source; null if nothing is. */
export function tagFault(key: string, value: string): string | null {
  if (key === '' || key.trim() !== key || key.length > LONGEST_KEY)
    return `expected a key of 1 to ${LONGEST_KEY} characters, without blanks around it`;
  if (value.length > LONGEST_VALUE) return `expected a value of at most ${LONGEST_VALUE} characters`;
  if (UNSEEN.test(key) || UNSEEN.test(value)) return 'expected no control, direction or invisible characters';
  return null;
}

/** What is wrong with a tag that people set here; null if nothing is. */
export function ownTagFault(key: string, value: string): string | null {
  if (OF_AWS.test(key)) return 'keys that begin with aws: are reserved for AWS';
  return tagFault(key, value);
}
