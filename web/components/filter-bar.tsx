import { ListFilter, X } from 'lucide-preact';
import type { PageName } from '../../server/http/contract/pages.ts';
import { t } from '../i18n/translate.ts';
import { appliedOn, FILTERS, filtersOf } from '../state/filters.ts';
import { setSearchParams } from '../state/location.ts';
import { useView } from '../state/view.ts';
import { filterLabel } from './filter-labels.ts';
import { Loaded } from './loaded.tsx';
import { Popover } from './popover.tsx';

/** One row: a button that adds filters, a chip for each, and one click that removes all. Pages without filters have none. */
export function FilterBar({ page }: { readonly page: PageName | undefined }) {
  const { query } = useView();
  const filters = filtersOf(query);
  const applied = appliedOn(page);
  const chips = FILTERS.flatMap((name) => {
    const values = filters[name];
    if (values === undefined) return [];
    const all = typeof values === 'string' ? [values] : values;
    return all.map((value) => ({ name, value, others: all.filter((other) => other !== value) }));
  });
  if (applied.length === 0 && chips.length === 0) return null;
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
          {() => (
            <Loaded from={async () => (await import('./filter-fields.tsx')).FilterFields} props={{ names: applied }} />
          )}
        </Popover>
      )}
      {chips.map(({ name, value, others }) => {
        const label = filterLabel(name, value);
        const isApplied = applied.includes(name);
        return (
          <button
            type="button"
            class={isApplied ? 'chip' : 'chip unused'}
            title={isApplied ? t('Remove this filter') : t('This page does not apply this filter. Remove it')}
            onClick={() => setSearchParams({ [name]: others })}
          >
            {isApplied ? label : t('{filter} (not applied here)', { filter: label })}
            <X size={13} />
          </button>
        );
      })}
      {chips.length > 1 && (
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
