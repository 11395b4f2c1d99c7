/** The published data sets that tests compare estimators with. */
import { join } from 'node:path';
import { PublishedData } from '../../bench/accuracy/published-data.ts';

export const published = new PublishedData(join(import.meta.dirname, '../fixtures/data'));
