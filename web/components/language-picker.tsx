import { Languages } from 'lucide-preact';
import { chooseLanguage, LANGUAGES } from '../i18n/languages.ts';
import { t } from '../i18n/translate.ts';

/** Chooses the language of the pages, for this browser. */
export function LanguagePicker() {
  const label = t('Language');
  return (
    <label class="nav-item language" title={label}>
      <Languages size={17} />
      <span class="visually-hidden">{label}</span>
      <select
        value={document.documentElement.lang}
        onChange={(event) => chooseLanguage(event.currentTarget.value as keyof typeof LANGUAGES)}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
