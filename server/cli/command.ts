/** What the files in `commands/` share: each declares one command, and does its work or imports it when the command runs. */

/** Runs a command's work and keeps its exit code: 0 success, 1 failure. */
export type Run = (work: () => number | Promise<number>) => Promise<void>;
