/** Statements that were run in this browser, the newest first. */
const KEPT = 'sql-history';
const MOST = 20;

/** What is not a list of texts is no history: somebody may have changed it. */
export function sqlHistory(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Puts a statement first. */
export function remember(sql: string): readonly string[] {
  const next = [sql, ...sqlHistory().filter((one) => one !== sql)].slice(0, MOST);
  try {
    localStorage.setItem(KEPT, JSON.stringify(next));
  } catch {
    // There is no room: the list is kept until the page is left.
  }
  return next;
}
