import { Moon, Sun } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { chooseTheme, currentTheme } from '../state/theme.ts';

/** Switches between the light and the dark theme. */
export function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  const next = theme === 'dark' ? 'light' : 'dark';
  const change = (): void => {
    chooseTheme(next);
    setTheme(next);
  };
  const Icon = next === 'dark' ? Moon : Sun;
  const label = next === 'light' ? t('Switch to light theme') : t('Switch to dark theme');
  return (
    <button type="button" class="icon plain theme" onClick={change} aria-label={label} title={label}>
      <Icon size={16} />
    </button>
  );
}
