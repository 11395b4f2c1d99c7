/** Which log lines are kept, and the setting that keeps others. */
import { message } from '../i18n/translate.ts';

export const KEPT_LINES = {
  off: message('No lines are kept: set THERMOCLINE_RAW_LINES to all or errors.'),
  platform: message(
    'Only lines of the Lambda service are kept: set THERMOCLINE_RAW_LINES to all or errors to keep application lines.',
  ),
  errors: message(
    'Application lines are kept around failures only: set THERMOCLINE_RAW_LINES to all to keep the others.',
  ),
} as const;
