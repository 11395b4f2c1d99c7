import type { ComponentChildren } from 'preact';

const DEFINITIONS = {
  coverage: 'Share of attempts for which both the START and the REPORT line were received.',
  'doom loop':
    'Three or more inits in a row inside invocations: the function fails and re-initialises without getting warm.',
  'error group':
    'Failures of one function with the same kind, error type, message (without its values) and first frame of its own code.',
  proactive: 'An environment that Lambda initialised before a request needed it. No caller waited.',
  suppressed:
    'An init inside an invocation, after a failure or a timeout of the environment. Its time is part of Duration.',
  'user-felt': 'A cold start that a caller waited for. Proactive and provisioned inits are not user-felt.',
} as const;

/** A term of this product, with its definition on hover. */
export function Term({
  name,
  children,
}: {
  readonly name: keyof typeof DEFINITIONS;
  readonly children: ComponentChildren;
}) {
  return <abbr title={DEFINITIONS[name]}>{children}</abbr>;
}
