/** Pages with their filters and time range under a name, kept in this browser. */
import { useEffect, useState } from 'preact/hooks';
import { isLocal } from './location.ts';

export interface SavedView {
  readonly name: string;
  /** Path and query. */
  readonly address: string;
}

const KEPT = 'saved-views';
const CHANGED = 'thermocline:saved-views';

/** By name. What is not a list of views is no list: somebody may have changed it. */
export function savedViews(): readonly SavedView[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(value) ? value.flatMap((entry: unknown) => savedView(entry) ?? []) : [];
  } catch {
    return [];
  }
}

/** An address of another site is no view. */
function savedView(value: unknown): SavedView | null {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('address' in value)) return null;
  const { name, address } = value;
  return typeof name === 'string' && typeof address === 'string' && isLocal(address) ? { name, address } : null;
}

/** Saves a view; it takes the place of one of the same name. */
export function saveView(view: SavedView): void {
  store([...savedViews().filter(({ name }) => name !== view.name), view]);
}

/** A view of that name is replaced. */
export function renameView(from: string, to: string): void {
  const view = savedViews().find(({ name }) => name === from);
  if (view === undefined) return;
  store([...savedViews().filter(({ name }) => name !== from && name !== to), { ...view, name: to }]);
}

export function deleteView(name: string): void {
  store(savedViews().filter((view) => view.name !== name));
}

function store(views: readonly SavedView[]): void {
  localStorage.setItem(KEPT, JSON.stringify(views.toSorted((a, b) => a.name.localeCompare(b.name))));
  window.dispatchEvent(new Event(CHANGED));
}

/** The saved views; follows changes in this tab. */
export function useSavedViews(): readonly SavedView[] {
  const [views, setViews] = useState(savedViews);
  useEffect(() => {
    const update = (): void => setViews(savedViews());
    window.addEventListener(CHANGED, update);
    return () => window.removeEventListener(CHANGED, update);
  }, []);
  return views;
}
