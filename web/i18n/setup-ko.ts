/** Texts of the API in Korean that only pages about setup show. */
import setup from './catalogues/ko/setup.json' with { type: 'json' };
import type { Catalogue } from './translate.ts';

export const catalogue: Catalogue = setup;
