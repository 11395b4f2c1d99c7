/** Handlers of settings and backups. */

import { DAY_MS, HOUR_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import { PRICES_FIRST_MONTH, PRICES_LAST_MONTH, REGION_PRICES } from '../../analytics/cost/prices.ts';
import { capacityReason } from '../../config/capacity.ts';
import type { RetentionPolicy, StoredRetention } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { BackupsAnswer, ClockAnswer, SettingsAnswer } from '../contract/settings.ts';
import { settingsRoutes } from '../contract/settings.ts';
import { implement } from '../implement.ts';
import { codeOf } from '../presentation/reasons.ts';

export const settingsHandlers = implement(settingsRoutes, {
  getSettings: ({ context }) => settingsOf(context),
  updateSettings: async ({ context, body: { retention } }) => {
    await context.store.control.setRetention(
      retention === null
        ? null
        : {
            rawMs: retention.rawDays * DAY_MS,
            detailMs: retention.detailDays * DAY_MS,
            historyMs: retention.historyDays * DAY_MS,
            quarantineMs: retention.quarantineDays * DAY_MS,
          },
    );
    return settingsOf(context);
  },
  getClock: async ({ context }) => clockOf(context),
  acceptClock: async ({ context }) => {
    await context.clock.accept();
    return clockOf(context);
  },
  listBackups: async ({ context }) => backupsOf(context),
  startBackup: async ({ context }) => {
    context.backups.make('request').catch((error: unknown) => context.log.warn({ err: error }, 'backup failed'));
    return backupsOf(context);
  },
});

const UNREADABLE: StoredRetention = { policy: null, rawSinceMs: null, detailSinceMs: null, historySinceMs: null };

async function settingsOf(context: Context): Promise<SettingsAnswer> {
  const { config, store, storage, version } = context;
  const sized = capacityReason(config.capacity);
  // Must work with damaged files: the page reports them.
  const known = await store.read.retention({}).catch(() => UNREADABLE);
  const { policy, rawSinceMs, detailSinceMs, historySinceMs } = known;
  const { freeBytes, reusableBytes, databaseBytes, paused, checkedMs, damage } = storage.state();
  return {
    version,
    capacity: sized.text,
    capacityCode: codeOf(sized),
    retention: {
      ...inDays(policy ?? config.retention),
      source: policy === null ? 'configuration' : 'stored',
      rawSince: isoOrNull(rawSinceMs),
      detailSince: isoOrNull(detailSinceMs),
      historySince: isoOrNull(historySinceMs),
    },
    storage: {
      folder: config.dataFolder,
      databaseBytes,
      reusableBytes,
      freeBytes,
      minFreeBytes: config.minFreeBytes,
      paused,
      checkedAt: isoOrNull(checkedMs),
      damage: damage.map(({ file, kind, findings }) => ({ file, kind, findings: [...findings] })),
    },
    prices: {
      asOf: `${PRICES_FIRST_MONTH} – ${PRICES_LAST_MONTH}`,
      regions: Object.entries(REGION_PRICES).map(([region, price]) => ({ region, ...price })),
    },
    backups: {
      folder: config.backups.folder,
      everyHours: config.backups.everyMs === null ? null : config.backups.everyMs / HOUR_MS,
      keep: config.backups.keep,
    },
  };
}

function clockOf({ clock, now }: Context): ClockAnswer {
  return { now: iso(now()), doubt: clock.sentence() };
}

function inDays({ rawMs, detailMs, historyMs, quarantineMs }: RetentionPolicy) {
  return {
    rawDays: rawMs / DAY_MS,
    detailDays: detailMs / DAY_MS,
    historyDays: historyMs / DAY_MS,
    quarantineDays: quarantineMs / DAY_MS,
  };
}

async function backupsOf(context: Context): Promise<BackupsAnswer> {
  const { running, error, items } = await context.backups.state();
  return {
    items: items.map(({ id, path, bytes, manifest }) => ({
      id,
      path,
      bytes,
      createdAt: iso(Date.parse(manifest.createdAt)),
      by: manifest.by,
      version: manifest.version,
      files: manifest.files.map(({ name, bytes: size, sha256, schema }) => ({ name, bytes: size, sha256, schema })),
    })),
    nextCursor: null,
    running,
    error,
  };
}
