/** Texts of reports in Korean: a bundle of its own, loaded with the first report in this language. */
import api from '../../../../web/i18n/catalogues/ko/api.json' with { type: 'json' };
import documents from '../../../../web/i18n/catalogues/ko/documents.json' with { type: 'json' };

export const catalogue: Readonly<Record<string, string>> = { ...api, ...documents };
