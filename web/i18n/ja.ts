/** All texts in Japanese: a folder of pages has a file, and what several folders show is in shared.json. */
import access from './catalogues/ja/access.json' with { type: 'json' };
import alerts from './catalogues/ja/alerts.json' with { type: 'json' };
import api from './catalogues/ja/api.json' with { type: 'json' };
import changes from './catalogues/ja/changes.json' with { type: 'json' };
import compare from './catalogues/ja/compare.json' with { type: 'json' };
import docs from './catalogues/ja/docs.json' with { type: 'json' };
import errors from './catalogues/ja/errors.json' with { type: 'json' };
import functionPage from './catalogues/ja/function.json' with { type: 'json' };
import functions from './catalogues/ja/functions.json' with { type: 'json' };
import ingest from './catalogues/ja/ingest.json' with { type: 'json' };
import invocations from './catalogues/ja/invocations.json' with { type: 'json' };
import logs from './catalogues/ja/logs.json' with { type: 'json' };
import network from './catalogues/ja/network.json' with { type: 'json' };
import overview from './catalogues/ja/overview.json' with { type: 'json' };
import report from './catalogues/ja/report.json' with { type: 'json' };
import rightSizing from './catalogues/ja/right-sizing.json' with { type: 'json' };
import settings from './catalogues/ja/settings.json' with { type: 'json' };
import shared from './catalogues/ja/shared.json' with { type: 'json' };
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
