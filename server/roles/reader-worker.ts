/** A reader thread of the SQLite store, which also shapes the answers of `readShaped`. */
import { shapedBytes } from '../http/answers/run-task.ts';
import { serveReader } from '../storage/sqlite/threads/serve-reader.ts';

serveReader(shapedBytes);
