import * as z from 'zod';
import { isoTime } from './common.ts';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

const days = z.number().min(0).max(3650);

/** Retention in days. Ages count from the event or its receipt, whichever is later. */
export const retentionDays = z
  .strictObject({
    rawDays: days.describe('Raw log lines, counted from their receipt'),
    detailDays: days.min(1).describe('Invocations and other individual events'),
    historyDays: days.min(1).describe('Rollups, causes of cold starts, environments'),
    quarantineDays: days.min(1).describe('Retention of dead letters'),
  })
  .refine((set) => set.historyDays >= Math.max(set.rawDays, set.detailDays), {
    path: ['historyDays'],
    message: 'must be at least rawDays and detailDays',
  });

export const newSettings = z
  .strictObject({
    retention: retentionDays.nullable().describe('null resets to the configured values'),
  })
  .meta({ id: 'SettingsUpdate' });

export const settingsAnswer = z
  .object({
    version: z.string(),
    capacity: z
      .string()
      .describe('Threads, caches, heaps and queues, and the memory, processors and files they are sized for'),
    capacityCode: optionalReasonCode,
    retention: z.object({
      rawDays: days,
      detailDays: days,
      historyDays: days,
      quarantineDays: days,
      source: z.enum(['configuration', 'stored']),
      rawSince: isoTime.nullable(),
      detailSince: isoTime.nullable(),
      historySince: isoTime.nullable(),
    }),
    storage: z.object({
      folder: z.string(),
      databaseBytes: z.number().int(),
      reusableBytes: z.number().int().describe('Free space inside the database files'),
      freeBytes: z.number().int().nullable().describe('Free space on the disk; null before the first check'),
      minFreeBytes: z.number().int(),
      paused: z.string().nullable().describe('Why ingest is paused; null if it is not'),
      checkedAt: isoTime.nullable().describe('When every database page was last checked'),
      damage: z.array(
        z.object({ file: z.string(), kind: z.enum(['structure', 'values']), findings: z.array(z.string()) }),
      ),
    }),
    prices: z.object({
      asOf: z.string().describe('First and last month in which prices were read'),
      regions: z.array(
        z.object({
          region: z.string(),
          currency: z.string(),
          x86PerGbS: z.number(),
          arm64PerGbS: z.number(),
          perRequest: z.number(),
        }),
      ),
    }),
    backups: z.object({ folder: z.string(), everyHours: z.number().nullable(), keep: z.number().int() }),
  })
  .meta({ id: 'Settings' });
export type SettingsAnswer = z.infer<typeof settingsAnswer>;

export const clockAcceptance = z.strictObject({}).meta({ id: 'ClockAcceptance' });
export const clockAnswer = z
  .object({
    now: isoTime.describe('The time that the server goes by'),
    doubt: z.string().nullable().describe('What the system clock contradicts; null if it is plausible'),
  })
  .meta({ id: 'Clock' });
export type ClockAnswer = z.infer<typeof clockAnswer>;

export const newBackup = z.strictObject({}).meta({ id: 'BackupRequest' });
export const backupsAnswer = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        path: z.string(),
        createdAt: isoTime,
        by: z.enum(['schedule', 'request']),
        version: z.string(),
        bytes: z.number().int(),
        files: z.array(
          z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string(), schema: z.number().int() }),
        ),
      }),
    ),
    nextCursor: z.null(),
    running: z.object({ what: z.string(), done: z.number(), total: z.number() }).nullable(),
    error: z.string().nullable().describe('Why the last backup failed'),
  })
  .meta({ id: 'BackupList' });
export type BackupsAnswer = z.infer<typeof backupsAnswer>;

export const settingsRoutes = declareRoutes({
  getSettings: {
    method: 'get',
    path: '/api/v1/settings',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Get settings: retention, storage, prices, backups',
    answer: settingsAnswer,
  },
  updateSettings: {
    method: 'put',
    path: '/api/v1/settings',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Change data retention',
    body: newSettings,
    answer: settingsAnswer,
  },
  getClock: {
    method: 'get',
    path: '/api/v1/clock',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Get the time that the server goes by, and whether the system clock is plausible',
    answer: clockAnswer,
  },
  acceptClock: {
    method: 'post',
    path: '/api/v1/clock',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Take the system clock as right, although it contradicts the last known time',
    body: clockAcceptance,
    answer: clockAnswer,
  },
  listBackups: {
    method: 'get',
    path: '/api/v1/backups',
    scope: 'admin',
    tag: 'Settings',
    summary: 'List backups, newest first',
    answer: backupsAnswer,
  },
  startBackup: {
    method: 'post',
    path: '/api/v1/backups',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Start a backup; its progress is in the list',
    body: newBackup,
    answer: backupsAnswer,
  },
});
