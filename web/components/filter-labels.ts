/** Names of filters of functions, and what is chosen. */
import { parseTagFilter } from '../../server/http/contract/tag-filter.ts';
import { visible } from '../format.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import type { FilterName } from '../state/filters.ts';

export const FILTER_TITLES: Readonly<Record<FilterName, Message>> = {
  account: message('Account'),
  region: message('Region'),
  architecture: message('Architecture'),
  runtime: message('Runtime'),
  vpc: message('VPC'),
  tag: message('Tag'),
};

/** What a chip says of a filter. */
export function filterLabel(name: FilterName, value: string): string {
  if (name === 'tag') return tagLabel(value);
  if (name === 'vpc') return value === 'true' ? t('in a VPC') : t('not in a VPC');
  return `${translated(FILTER_TITLES[name])}: ${visible(value)}`;
}

/** What a filter by tag says. */
function tagLabel(text: string): string {
  const filter = parseTagFilter(text);
  if (filter === null) return visible(text);
  const { is } = filter;
  const [key, value] = [visible(filter.key), visible(filter.value ?? '')];
  if (is === 'absent') return t('no {key}', { key });
  return is === 'present' ? t('{key}: any', { key }) : `${key}: ${value}`;
}
