/** Texts of the API in Japanese that only pages about setup show. */
import setup from './catalogues/ja/setup.json' with { type: 'json' };
import type { Catalogue } from './translate.ts';

export const catalogue: Catalogue = setup;
