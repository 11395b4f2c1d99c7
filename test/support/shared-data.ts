/** The published data sets that acceptance tests read. */
import { join } from 'node:path';
import { PublishedData } from '../../bench/accuracy/published-data.ts';

export const published = new PublishedData(join(import.meta.dirname, '../../../shared/data'));
