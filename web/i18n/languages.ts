/** Languages of the pages. English stands in the code; the catalogue of another language is loaded when it is chosen. */
import { loadChangeTexts } from './change.ts';
import { loadFindingTexts } from './finding.ts';
import { loadReasonTexts } from './reason.ts';
import type { Catalogue } from './translate.ts';
import { addTexts, setCatalogue, shownLanguage } from './translate.ts';

/** Names of the languages in themselves. */
export const LANGUAGES = { en: 'English', ja: '日本語', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;

/** Key of the chosen language in this browser. */
const KEPT = 'language';

interface Texts {
  readonly catalogue: Catalogue;
}
/** Texts of all pages, and texts of the API that only pages about setup show. */
const LOADERS: Readonly<Partial<Record<string, readonly [pages: () => Promise<Texts>, setup: () => Promise<Texts>]>>> =
  {
    ja: [() => import('./ja.ts'), () => import('./setup-ja.ts')],
    ko: [() => import('./ko.ts'), () => import('./setup-ko.ts')],
  };

function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

/** The language chosen in this browser, or else the first of the browser's that the pages have; English if there is none. */
export function chosenLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen !== null && isLanguage(chosen)) return chosen;
  return preferred.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

/** Shows texts in the language of this browser from now on. The texts stay English if the catalogue cannot be loaded. */
export async function startLanguage(): Promise<void> {
  await showLanguage(chosenLanguage(localStorage.getItem(KEPT), navigator.languages));
}

async function showLanguage(language: Language): Promise<void> {
  const [pages] = LOADERS[language] ?? [];
  const load = async (): Promise<void> => {
    if (pages === undefined) return;
    const [{ catalogue }, { localUnits }] = await Promise.all([
      ...([pages(), loadReasonTexts()] as const),
      ...[loadFindingTexts(), loadChangeTexts()],
    ]);
    setCatalogue(language, catalogue, localUnits);
  };
  await load().catch(() => undefined);
  document.documentElement.lang = shownLanguage();
}

/** Resolves with `page` once its texts are loaded. They stay English if they cannot be. */
export async function withSetupTexts<Page>(page: Promise<Page>): Promise<Page> {
  await LOADERS[shownLanguage()]?.[1]().then(
    ({ catalogue }) => addTexts(catalogue),
    () => undefined,
  );
  return page;
}

/** Keeps the language for this browser, and opens the page anew in it. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  window.location.reload();
}
