import { useState } from 'preact/hooks';
import { chooseTheme, currentTheme } from '../state/theme.ts';

/** Switches between the light and the dark theme. */
export function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  const next = theme === 'dark' ? 'light' : 'dark';
  const change = (): void => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" class="plain" onClick={change} aria-label={`Switch to ${next} theme`}>
      {next === 'dark' ? '☾' : '☀'}
    </button>
  );
}
