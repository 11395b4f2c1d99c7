/** The theme's changes, for what is painted on a canvas and does not follow the style sheet. */

const CHANGED = 'thermocline:theme';

export type Theme = 'dark' | 'light';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Overrides the system's theme in this browser; theme.js applies the choice before the first paint. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem('theme', theme);
  window.dispatchEvent(new Event(CHANGED));
}

/** Calls `listener` after the theme has changed, by choice or with the system. @returns a function that unsubscribes. */
export function onThemeChange(listener: () => void): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    system.removeEventListener('change', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/** Reads a design token, a custom property of the style sheet, in the current theme. */
export function designToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
