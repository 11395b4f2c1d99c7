/** What is stored as a rule file, which applies again without a change. */
import { stringify } from 'yaml';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { receiverDocument } from '../../http/contract/receivers.ts';
import { routingDocument } from '../../http/contract/routing.ts';
import { documentOf, documentOfRouting } from '../rules/documents.ts';
import { shownReceiver } from './code-receiver.ts';
import { fieldsOf } from './fields.ts';
import { markKey } from './managed.ts';
import type { StoredConfiguration } from './plan.ts';

const HEADER = `# Rules, receivers, routes and inhibitions. "thermocline rules plan FILE" shows what applying this file would change.
# (hidden) keeps the value that is stored; write env:NAME or file:PATH to take it from elsewhere.
`;

/** The text of a rule file in YAML. Fields with their default are left out; secrets are references, or `(hidden)`. */
export function exportConfiguration({ rules, receivers, routing, managed }: StoredConfiguration): string {
  const { routes, inhibitions } = documentOfRouting(routing);
  return `${HEADER}${stringify(
    {
      rules: [...rules.values()].map((rule) => withoutDefaults(documentOf(rule), RULE_DEFAULTS)),
      receivers: [...receivers.entries()].map(([id, known]) =>
        withoutDefaults(
          shownReceiver(known, managed.get(markKey('receiver', id))?.references ?? {}),
          RECEIVER_DEFAULTS,
        ),
      ),
      routes: routes.map((route) => ({
        ...withoutDefaults(route, ROUTE_DEFAULTS),
        receiver: route.receiver,
      })),
      inhibitions,
    },
    { lineWidth: 120, aliasDuplicateObjects: false },
  )}`;
}

/** What a document without optional fields is parsed to. */
const RULE_DEFAULTS = ruleDocument.parse({ id: 'a', name: 'a', threshold: 0, signal: { kind: 'unparsed' } });
const RECEIVER_DEFAULTS = { ...receiverDocument.parse({ id: 'a', name: 'a', url: '' }), signingSecret: null };
const ROUTE_DEFAULTS = routingDocument.parse({ routes: [{ receiver: 'a' }] }).routes[0] ?? {};
/** Read first, whatever their value is. */
const ALWAYS: ReadonlySet<string> = new Set(['id', 'name', 'signal', 'threshold', 'comparison', 'url', 'receiver']);

function withoutDefaults(document: object, defaults: object): object {
  const known = new Map(Object.entries(defaults));
  return Object.fromEntries(
    Object.entries(document).filter(([name, value]) => {
      if (value === undefined) return false;
      if (ALWAYS.has(name) || !known.has(name)) return true;
      const [mine, usual] = [value, known.get(name)].map((one) => JSON.stringify([...fieldsOf({ one })]));
      return mine !== usual;
    }),
  );
}
