/** Signatures of webhooks: the vector of Standard Webhooks, rotation of secrets. */
import { describe, expect, test } from 'vitest';
import { isSecret, newSecret, sign } from './signature.ts';

describe('signatures', () => {
  test('the vector of the Standard Webhooks specification', () => {
    const headers = sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(headers['webhook-timestamp']).toBe('1614265330');
  });

  test('two secrets give two signatures', () => {
    const [one, two] = [newSecret(), newSecret()];
    const both = sign('msg_1', 0, '{}', [one, two])['webhook-signature'].split(' ');
    expect(both).toEqual([one, two].map((secret) => sign('msg_1', 0, '{}', [secret])['webhook-signature']));
    expect([one, two].every(isSecret)).toBe(true);
    for (const wrong of ['', 'whsec_', 'whsec_short', 'whsec_!!!!', one.slice(6), `whsec_${'A'.repeat(100)}`]) {
      expect(isSecret(wrong)).toBe(false);
    }
  });
});
