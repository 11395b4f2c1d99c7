/** Sentences of the evidence for causes of cold starts, by code: a part of `REASON_TEXTS`. */

/** Marks a text that catalogues of other languages have. */
const message = <const Text extends string>(text: Text): Text => text;

export const CAUSE_TEXTS = {
  'cause-provisioned': message('initialised for provisioned concurrency: no caller waited'),
  'cause-snap-start': message('restored from a SnapStart snapshot'),
  'cause-first-of-change': message('the first environment of this version, code, memory size and set of extensions'),
  'cause-replaced': message(
    'replaces an environment from before the change, idle for {hasIdle, select, yes {{idleMs}} other {an unknown time}} and never used again',
  ),
  'cause-first-of-runtime': message('the first environment of this version with this runtime version'),
  'cause-runtime-replaced': message(
    'replaces an environment with the previous runtime version, idle for {hasIdle, select, yes {{idleMs}} other {an unknown time}} and never used again',
  ),
  'cause-repeated-init': message('initialised again inside the invocation, after a failure'),
  'cause-previous-failed': message('the previous invocation in the same environment failed'),
  'cause-last-failed': message(
    'the last invocation of an environment failed; it was idle for {hasIdle, select, yes {{idleMs}} other {an unknown time}} and never seen again',
  ),
  'cause-init-timeout': message('initialised again inside the invocation: an init was stopped at its time limit'),
  'cause-proactive': message(
    'ready {hasIdle, select, yes {{idleMs}} other {an unknown time}} before its first invocation: no caller waited',
  ),
  'cause-new-tenant': message('the first environment of this tenant on record: tenants never share environments'),
  'cause-scale-out': message(
    'all environments of this version were busy, and none had expired ({busy} busy, {idle} idle)',
  ),
  'cause-not-used': message('no environment had been used in the last hours'),
  'cause-idle': message(
    'the most recently used environment had been idle for {hasIdle, select, yes {{idleMs}} other {an unknown time}}; {window, select, unknown {the idle window is not known yet} estimated {idle environments are kept for {surelyMs} to {windowMs}} other {the longest idle time survived so far is {windowMs}: the idle window is not known yet}}',
  ),
  'cause-expired': message(
    '{expired, plural, one {# idle environment} other {# idle environments}} had expired ({busy} busy); the most recently used was idle for {hasIdle, select, yes {{idleMs}} other {an unknown time}}; {window, select, unknown {the idle window is not known yet} estimated {idle environments are kept for {surelyMs} to {windowMs}} other {the longest idle time survived so far is {windowMs}: the idle window is not known yet}}',
  ),
  'cause-recycled': message(
    'an environment was idle for only {hasIdle, select, yes {{idleMs}} other {an unknown time}} and never seen again; {window, select, unknown {the idle window is not known yet} estimated {idle environments are kept for {surelyMs} to {windowMs}} other {the longest idle time survived so far is {windowMs}: the idle window is not known yet}}',
  ),
  'cause-managed-instance': message('an environment of a managed instance'),
  'cause-first-on-record': message('the logs of this function begin here'),
  'cause-idle-available': message('an idle environment was available and was used later ({busy} busy, {idle} idle)'),
} as const;
