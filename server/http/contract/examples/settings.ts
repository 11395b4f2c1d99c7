/** Examples of the operations in ../settings.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { ReasonCodeView } from '../reasons.ts';
import type { ExamplesOf } from '../route.ts';
import type { settingsRoutes } from '../settings.ts';

const SIZED: ReasonCodeView = {
  code: 'capacity',
  parameters: {
    ...{ memoryBytes: 2_147_483_648, by: 'cgroup', processors: 2, hasLimit: true, files: 1024 },
    ...{ decoders: 1, readers: 2, analysts: 2, bodiesBytes: 134_217_728, bodyBytes: 100_663_296 },
    ...{ cacheMb: 40, heapMb: 768, hashBytes: 67_108_864, connections: 904 },
  },
};

export const settingsExamples: ExamplesOf<typeof settingsRoutes> = {
  getSettings: {
    answer: {
      version: '0.1.0',
      capacity:
        'Sized for 2.0 GiB of memory (by the control group), 2 processors and 1,024 open files: threads: 1 decode, 2 read, 2 analyse; request bodies 128.0 MiB in total and 96.0 MiB each; page cache 40 MB; decode heap 768 MB; one password hash of 64.0 MiB at a time; 904 connections',
      capacityCode: SIZED,
      retention: {
        rawDays: 7,
        detailDays: 35,
        historyDays: 400,
        quarantineDays: 30,
        source: 'configuration',
        rawSince: '2026-11-28T07:56:26.289Z',
        detailSince: '2026-11-27T00:00:00.000Z',
        historySince: '2026-11-27T00:00:00.000Z',
      },
      storage: {
        folder: '/var/lib/thermocline',
        databaseBytes: 20357352,
        reusableBytes: 0,
        freeBytes: 81934028800,
        minFreeBytes: 268435456,
        paused: null,
        checkedAt: '2026-11-28T07:56:20.358Z',
        damage: [],
      },
      prices: {
        asOf: '2025-10 – 2026-09',
        regions: [{ region: 'af-south-1', currency: 'USD', x86PerGbS: 2.2e-5, arm64PerGbS: 1.8e-5, perRequest: 0.0 }],
      },
      backups: { folder: '/var/lib/thermocline/backups', everyHours: null, keep: 7 },
    },
  },
  updateSettings: {
    body: { retention: { rawDays: 14, detailDays: 90, historyDays: 400, quarantineDays: 30 } },
    answer: {
      version: '0.1.0',
      capacity:
        'Sized for 2.0 GiB of memory (by the control group), 2 processors and 1,024 open files: threads: 1 decode, 2 read, 2 analyse; request bodies 128.0 MiB in total and 96.0 MiB each; page cache 40 MB; decode heap 768 MB; one password hash of 64.0 MiB at a time; 904 connections',
      capacityCode: SIZED,
      retention: {
        rawDays: 14,
        detailDays: 90,
        historyDays: 400,
        quarantineDays: 30,
        source: 'stored',
        rawSince: '2026-11-28T07:56:26.289Z',
        detailSince: '2026-11-27T00:00:00.000Z',
        historySince: '2026-11-27T00:00:00.000Z',
      },
      storage: {
        folder: '/var/lib/thermocline',
        databaseBytes: 20431512,
        reusableBytes: 0,
        freeBytes: 81933414400,
        minFreeBytes: 268435456,
        paused: null,
        checkedAt: '2026-11-28T07:56:20.358Z',
        damage: [],
      },
      prices: {
        asOf: '2025-10 – 2026-09',
        regions: [{ region: 'af-south-1', currency: 'USD', x86PerGbS: 2.2e-5, arm64PerGbS: 1.8e-5, perRequest: 0.0 }],
      },
      backups: { folder: '/var/lib/thermocline/backups', everyHours: null, keep: 7 },
    },
  },
  getClock: { answer: { now: '2026-11-28T07:57:05.466Z', doubt: null } },
  acceptClock: { body: {}, answer: { now: '2026-11-28T07:57:05.466Z', doubt: null } },
  listBackups: {
    answer: {
      items: [
        {
          id: 'backup-2026-11-28T07-57-05.466Z',
          path: '/var/lib/thermocline/backups/backup-2026-11-28T07-57-05.466Z',
          bytes: 18911232,
          createdAt: '2026-11-28T07:57:05.466Z',
          by: 'request',
          version: '0.1.0',
          files: [
            {
              name: 'telemetry.db',
              bytes: 18690048,
              sha256: 'c8cdd3e3670b847bf59c8b9d1894f95515b3bba61649d583701423179a28c081',
              schema: 4,
            },
          ],
        },
      ],
      nextCursor: null,
      running: null,
      error: null,
    },
  },
  startBackup: {
    body: {},
    answer: { items: [], nextCursor: null, running: { what: 'starting', done: 0, total: 1 }, error: null },
  },
};
