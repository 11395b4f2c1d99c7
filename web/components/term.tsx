import type { ComponentChildren } from 'preact';
import { message, translated } from '../i18n/translate.ts';

const DEFINITIONS = {
  coverage: message('Share of attempts for which both the START and the REPORT line were received.'),
  'crash loop': message(
    'Three or more inits in a row inside invocations: the function fails and re-initialises without getting warm.',
  ),
  'error group': message(
    'Failures of one function with the same kind, error type, message (without its values) and first frame of its own code.',
  ),
  proactive: message('An environment that Lambda initialised before a request needed it. No caller waited.'),
  suppressed: message(
    'An init inside an invocation, after a failure or a timeout of the environment. Its time is part of Duration.',
  ),
  'user-felt': message('A cold start that a caller waited for. Proactive and provisioned inits are not user-felt.'),
} as const;

/** A term of this product, with its definition on hover. */
export function Term({
  name,
  children,
}: {
  readonly name: keyof typeof DEFINITIONS;
  readonly children: ComponentChildren;
}) {
  return <abbr title={translated(DEFINITIONS[name])}>{children}</abbr>;
}
