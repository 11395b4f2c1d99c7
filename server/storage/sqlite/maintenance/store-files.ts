/** The files of a store. */
export const STORE_FILES = ['telemetry.db', 'control.db'] as const;
