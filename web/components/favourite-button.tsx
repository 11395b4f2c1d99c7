import { Star } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { rememberFunction, toggleFavourite, useIsFavourite } from '../state/known-functions.ts';

/** Beside the name of a function: makes it a favourite. A function that is shown is one of the recent ones. */
export function FavouriteButton({ id, name }: { readonly id: string; readonly name: string }) {
  const favourite = useIsFavourite(id);
  // Its page first has the title of all such pages, and its own once the name is known.
  const isNamed = name !== '' && id.endsWith(name);
  useEffect(() => {
    if (isNamed) rememberFunction({ id, name });
  }, [id, name]);
  const label = favourite ? t('Remove from favourites') : t('Add to favourites');
  return (
    <button
      type="button"
      class="icon plain"
      aria-pressed={favourite}
      aria-label={label}
      title={label}
      onClick={() => toggleFavourite({ id, name })}
    >
      <Star size={16} fill={favourite ? 'currentColor' : 'none'} />
    </button>
  );
}
