#!/usr/bin/env node
/** Process start: hands the command line to its subcommand and turns failures into one sentence and an exit code. */
import { run } from './cli/program.ts';

process.exitCode = await run(process.argv);
