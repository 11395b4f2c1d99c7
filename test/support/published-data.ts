/** Published data sets that estimators are tested against. */
import { join } from 'node:path';
import { PublishedData } from '../../bench/accuracy/published-data.ts';

export const published = new PublishedData(join(import.meta.dirname, '../fixtures/data'));
