/** Names of causes and kinds of cold starts, as the API has them, for readers of other languages. */
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import type { Message } from '../../i18n/translate.ts';
import { message } from '../../i18n/translate.ts';

export const CAUSE_NAMES: Readonly<Record<ColdStartsAnswer['byCause'][number]['cause'], Message>> = {
  provisioned: message('provisioned'),
  'snap-start': message('snap-start'),
  deploy: message('deploy'),
  'runtime-patch': message('runtime-patch'),
  crash: message('crash'),
  proactive: message('proactive'),
  'scale-out': message('scale-out'),
  'idle-expiry': message('idle-expiry'),
  recycle: message('recycle'),
  'new-tenant': message('new-tenant'),
  unknown: message('unknown'),
  'init-timeout': message('init-timeout'),
};

export const KIND_NAMES: Readonly<Record<ColdStartsAnswer['byKind'][number]['kind'], Message>> = {
  'on-demand': message('on-demand'),
  provisioned: message('provisioned'),
  'snap-start': message('snap-start'),
  suppressed: message('suppressed'),
  'managed-instance': message('managed-instance'),
};
