/** Sentences in other languages than English, written from codes and values: loaded when a language needs them. */
import { shownLanguage } from './translate.ts';

type Texts = typeof import('./change-texts.ts') &
  typeof import('./finding-texts.ts') &
  typeof import('./reason-texts.ts');

let texts: Texts | null = null;

export async function loadTexts(): Promise<Texts> {
  const [changes, findings, reasons] = await Promise.all([
    import('./change-texts.ts'),
    import('./finding-texts.ts'),
    import('./reason-texts.ts'),
  ]);
  texts = { ...changes, ...findings, ...reasons };
  return texts;
}

/** Null in English, and before they are loaded. */
export function written(): Texts | null {
  return shownLanguage() === 'en' ? null : texts;
}
