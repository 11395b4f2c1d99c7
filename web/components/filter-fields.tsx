/** What functions can be filtered by: values of the functions of the page's time range, without filters, and tags. */
import type { FunctionSummary } from '../../server/http/contract/functions.ts';
import { tagFilterText } from '../../server/http/contract/tag-filter.ts';
import type { KnownTagsAnswer } from '../../server/http/contract/tags.ts';
import { useQuery } from '../api/use-query.ts';
import { t, translated } from '../i18n/translate.ts';
import type { FilterName } from '../state/filters.ts';
import { filtersOf } from '../state/filters.ts';
import { setSearchParams } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { FILTER_TITLES } from './filter-labels.ts';

type FieldName = Exclude<FilterName, 'tag'>;

/** Options beyond it are reached by the address only. */
const MOST_OPTIONS = 300;

export function FilterFields({ names }: { readonly names: readonly FilterName[] }) {
  const { query, rangeQuery } = useView();
  const filters = filtersOf(query);
  const { data, error } = useQuery('listFunctions', { query: rangeQuery });
  if (error !== null) return <p>{error.message}.</p>;
  const fields = names.filter((name) => name !== 'tag');
  return (
    <div class="filter-fields">
      {fields.map((name) => (
        <label>
          {translated(FILTER_TITLES[name])}
          <select
            value={filters[name] ?? ''}
            onChange={(event) => setSearchParams({ [name]: event.currentTarget.value })}
          >
            <option value="">{t('any')}</option>
            {valuesOf(name, data?.items ?? [], filters[name]).map((value) => (
              <option value={value}>
                {name === 'vpc' ? (value === 'true' ? t('yes') : t('[network] no')) : value}
              </option>
            ))}
          </select>
        </label>
      ))}
      {names.includes('tag') && <TagField chosen={filters.tag ?? []} />}
    </div>
  );
}

/** The chosen value is among them, even where no function of the range has it. */
function valuesOf(name: FieldName, items: readonly FunctionSummary[], chosen: string | undefined): readonly string[] {
  const values =
    name === 'architecture' ? ['arm64', 'x86_64'] : name === 'vpc' ? ['true', 'false'] : items.map((row) => row[name]);
  return [...new Set([...values, chosen])].flatMap((value) => value || []).toSorted();
}

/** Adds a filter by tag. Of one key, any of the chosen values will do. */
function TagField({ chosen }: { readonly chosen: readonly string[] }) {
  const { data } = useQuery('listTags');
  if (data === null) return null;
  const groups = groupsOf(data, chosen);
  return (
    <label>
      {t('Tag')}
      <select
        value=""
        disabled={groups.length === 0}
        onChange={(event) => setSearchParams({ tag: [...chosen, event.currentTarget.value] })}
      >
        <option value="">{data.items.length === 0 ? t('[tags] none') : t('Add…')}</option>
        {groups.map(({ key, options }) => (
          <optgroup label={key}>
            {options.map(({ value, label }) => (
              <option value={value}>{label}</option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** The team first, then the other keys; filters that are chosen are left out. */
function groupsOf({ items, teamKey }: KnownTagsAnswer, chosen: readonly string[]) {
  let left = MOST_OPTIONS;
  return items
    .toSorted((a, b) => Number(b.key === teamKey) - Number(a.key === teamKey))
    .map(({ key, values }) => {
      const options = [
        ...values.map(({ value, functions }) => ({
          value: tagFilterText({ key, value, is: 'value' }),
          label: `${value === '' ? '""' : value} (${functions})`,
        })),
        { value: tagFilterText({ key, value: null, is: 'present' }), label: t('{key}: any', { key }) },
        { value: tagFilterText({ key, value: null, is: 'absent' }), label: t('no {key}', { key }) },
      ]
        .filter(({ value }) => !chosen.includes(value))
        .slice(0, left);
      left -= options.length;
      return { key, options };
    })
    .filter(({ options }) => options.length > 0);
}
