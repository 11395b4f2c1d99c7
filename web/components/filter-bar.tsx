import { ListFilter, X } from 'lucide-preact';
import type { FunctionSummary } from '../../server/http/contract/functions.ts';
import type { PageName } from '../../server/http/contract/pages.ts';
import { useQuery } from '../api/use-query.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import type { FilterName } from '../state/filters.ts';
import { APPLIED, FILTERS, filtersOf } from '../state/filters.ts';
import { setSearchParams } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { Popover } from './popover.tsx';

const TITLES: Readonly<Record<FilterName, Message>> = {
  account: message('Account'),
  region: message('Region'),
  architecture: message('Architecture'),
  runtime: message('Runtime'),
};

/** One row: a button that adds filters, a chip for each, and one click that removes all. Pages without filters have none. */
export function FilterBar({ page }: { readonly page: PageName | undefined }) {
  const { query } = useView();
  const filters = filtersOf(query);
  const applied = (page === undefined ? undefined : APPLIED[page]) ?? [];
  const chosen = FILTERS.filter((name) => filters[name] !== undefined);
  if (applied.length === 0 && chosen.length === 0) return null;
  return (
    <section class="filter-bar" aria-label={t('Filters')}>
      {applied.length > 0 && (
        <Popover
          id="add-filter"
          label={t('Filters of functions')}
          buttonClass="small"
          button={
            <>
              <ListFilter size={15} /> {t('[verb] Filter')}
            </>
          }
        >
          {() => <FilterFields names={applied} />}
        </Popover>
      )}
      {chosen.map((name) => {
        const label = `${translated(TITLES[name])}: ${filters[name]}`;
        const isApplied = applied.includes(name);
        return (
          <button
            type="button"
            class={isApplied ? 'chip' : 'chip unused'}
            title={isApplied ? t('Remove this filter') : t('This page does not apply this filter. Remove it')}
            onClick={() => setSearchParams({ [name]: null })}
          >
            {isApplied ? label : t('{filter} (not applied here)', { filter: label })}
            <X size={13} />
          </button>
        );
      })}
      {chosen.length > 1 && (
        <button
          type="button"
          class="plain small"
          onClick={() => setSearchParams(Object.fromEntries(FILTERS.map((name) => [name, null])))}
        >
          {t('Clear all')}
        </button>
      )}
    </section>
  );
}

/** What there is to choose from: the functions of the page's time range, without filters. */
function FilterFields({ names }: { readonly names: readonly FilterName[] }) {
  const { query, rangeQuery } = useView();
  const filters = filtersOf(query);
  const { data, error } = useQuery('listFunctions', { query: rangeQuery });
  if (error !== null) return <p>{error.message}.</p>;
  return (
    <div class="filter-fields">
      {names.map((name) => (
        <label>
          {translated(TITLES[name])}
          <select
            value={filters[name] ?? ''}
            onChange={(event) => setSearchParams({ [name]: event.currentTarget.value })}
          >
            <option value="">{t('any')}</option>
            {valuesOf(name, data?.items ?? [], filters[name]).map((value) => (
              <option value={value}>{value}</option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

/** The chosen value is among them, even where no function of the range has it. */
function valuesOf(name: FilterName, items: readonly FunctionSummary[], chosen: string | undefined): readonly string[] {
  const values = name === 'architecture' ? ['arm64', 'x86_64'] : items.map((row) => row[name]);
  return [...new Set([...values, chosen])].flatMap((value) => value || []).toSorted();
}
