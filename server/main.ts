#!/usr/bin/env node
/** Process start: hands the command line to its subcommand and turns failures into one sentence and an exit code. */
import { LEAST_TO_LOAD, openFilesFault, readOpenFiles } from './config/open-files.ts';

const fault = openFilesFault(readOpenFiles(), LEAST_TO_LOAD);
if (fault === null) {
  const { run } = await import('./cli/program.ts');
  process.exitCode = await run(process.argv);
} else {
  const { writeErr } = await import('./cli/output.ts');
  writeErr(`${fault}\n`);
  process.exitCode = 1;
}
