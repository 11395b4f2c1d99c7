/** Matchers as Alertmanager writes them: name=value, name!=value, name=~pattern and name!~pattern. */

import type { AnswerOf } from '../../api/request.ts';
import { ruleNameText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';

type Matcher = AnswerOf<'listSilences'>['items'][number]['matchers'][number];

export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  return `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${value}`;
}

/** The same, with names of rules in the language of the reader. */
export function shownMatcher(matcher: Matcher): string {
  const isName = matcher.name === 'alertname' && !matcher.isRegex;
  return matcherText(isName ? { ...matcher, value: ruleNameText(matcher.value) } : matcher);
}

/** The matchers of lines. @throws Error that names the first line that is none */
export function matchersIn(text: string): Matcher[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name, sign, value] = /^\s*([\w.]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(t('{line}: expected name=value, name!=value, name=~pattern or name!~pattern', { line }));
    return { name, value, isRegex: sign?.endsWith('~') === true, isEqual: sign?.startsWith('=') === true };
  });
}
