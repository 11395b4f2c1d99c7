/** Functions that a user named by an id or a name. */
import { expect, test } from 'vitest';
import { functionIdOf, functionNamedBy } from './function-id.ts';

const UNKNOWN = { account: '', region: '' };

test('an id names account and region, anything else is a name', () => {
  const named = { account: '111122223333', region: 'eu-west-1', name: 'check_out-2' };
  expect(functionNamedBy(functionIdOf(named), UNKNOWN)).toEqual(named);
  for (const name of ['checkout', 'checkout:live', '1111:eu-west-1:checkout', '111122223333:eu-west-1:'])
    expect(functionNamedBy(name, { account: 'a', region: 'r' })).toEqual({ account: 'a', region: 'r', name });
});
