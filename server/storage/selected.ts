/** Filters rows by the functions that a query selects. */

/** Returns whether a row is of one of the functions; every row is where none are selected. */
export function isSelected(selected: readonly number[] | undefined): (row: { readonly functionId: number }) => boolean {
  if (selected === undefined) return () => true;
  const ids = new Set(selected);
  return ({ functionId }) => ids.has(functionId);
}
