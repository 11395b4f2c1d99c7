/** Which log lines are kept, and the setting that keeps others. */

export const KEPT_LINES = {
  off: 'No lines are kept: set THERMOCLINE_RAW_LINES to all or errors.',
  platform:
    'Only lines of the Lambda service are kept: set THERMOCLINE_RAW_LINES to all or errors to keep application lines.',
  errors: 'Application lines are kept around failures only: set THERMOCLINE_RAW_LINES to all to keep the others.',
} as const;
