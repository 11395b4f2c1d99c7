/** All texts in Korean: a folder of pages has a file, and what several folders show is in shared.json. */
import access from './catalogues/ko/access.json' with { type: 'json' };
import alerts from './catalogues/ko/alerts.json' with { type: 'json' };
import api from './catalogues/ko/api.json' with { type: 'json' };
import changes from './catalogues/ko/changes.json' with { type: 'json' };
import compare from './catalogues/ko/compare.json' with { type: 'json' };
import docs from './catalogues/ko/docs.json' with { type: 'json' };
import errors from './catalogues/ko/errors.json' with { type: 'json' };
import functionPage from './catalogues/ko/function.json' with { type: 'json' };
import functions from './catalogues/ko/functions.json' with { type: 'json' };
import ingest from './catalogues/ko/ingest.json' with { type: 'json' };
import invocations from './catalogues/ko/invocations.json' with { type: 'json' };
import logs from './catalogues/ko/logs.json' with { type: 'json' };
import network from './catalogues/ko/network.json' with { type: 'json' };
import overview from './catalogues/ko/overview.json' with { type: 'json' };
import report from './catalogues/ko/report.json' with { type: 'json' };
import rightSizing from './catalogues/ko/right-sizing.json' with { type: 'json' };
import settings from './catalogues/ko/settings.json' with { type: 'json' };
import shared from './catalogues/ko/shared.json' with { type: 'json' };
import type { Catalogue } from './translate.ts';

export const catalogue: Catalogue = {
  ...access,
  ...alerts,
  ...api,
  ...changes,
  ...compare,
  ...docs,
  ...errors,
  ...functionPage,
  ...functions,
  ...ingest,
  ...invocations,
  ...logs,
  ...network,
  ...overview,
  ...report,
  ...rightSizing,
  ...settings,
  ...shared,
};
