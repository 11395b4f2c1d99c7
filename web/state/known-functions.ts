/** Functions that were opened last and favourites, in this browser. */
import { useEffect, useState } from 'preact/hooks';

export interface KnownFunction {
  readonly id: string;
  readonly name: string;
}

const RECENT = 'recent-functions';
const FAVOURITE = 'favourite-functions';
const MAX_RECENT = 8;
const CHANGED = 'thermocline:favourites';

/** The functions opened last, newest first. */
export function recentFunctions(): readonly KnownFunction[] {
  return stored(RECENT);
}

export function favouriteFunctions(): readonly KnownFunction[] {
  return stored(FAVOURITE);
}

export function rememberFunction(opened: KnownFunction): void {
  const others = recentFunctions().filter(({ id }) => id !== opened.id);
  store(RECENT, [opened, ...others].slice(0, MAX_RECENT));
}

/** Adds the function to the favourites, or removes it. */
export function toggleFavourite(one: KnownFunction): void {
  const others = favouriteFunctions().filter(({ id }) => id !== one.id);
  const known = others.length < favouriteFunctions().length;
  store(FAVOURITE, known ? others : [...others, one]);
  window.dispatchEvent(new Event(CHANGED));
}

/** Whether the function is a favourite; follows changes in this tab. */
export function useIsFavourite(id: string): boolean {
  return useFavourites().has(id);
}

/** Ids of the favourites; follows changes in this tab. */
export function useFavourites(): ReadonlySet<string> {
  const now = (): ReadonlySet<string> => new Set(favouriteFunctions().map(({ id }) => id));
  const [ids, setIds] = useState(now);
  useEffect(() => {
    const update = (): void => setIds(now());
    window.addEventListener(CHANGED, update);
    return () => window.removeEventListener(CHANGED, update);
  }, []);
  return ids;
}

function store(key: string, functions: readonly KnownFunction[]): void {
  localStorage.setItem(key, JSON.stringify(functions));
}

/** What is not a list of functions is no list: somebody may have changed it. */
function stored(key: string): readonly KnownFunction[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(value) ? value.flatMap((entry: unknown) => knownFunction(entry) ?? []) : [];
  } catch {
    return [];
  }
}

function knownFunction(value: unknown): KnownFunction | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return null;
  const { id, name } = value;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : null;
}
