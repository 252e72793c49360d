import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { newSecret, signMessage } from '../../../adapters/webhooks/sign-message.ts';

test('a message is signed as the specification shows it', () => {
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  expect(signMessage(message, [secret], new Date(1_614_265_330_000))).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('whatever is sent, the library of Standard Webhooks accepts it by each secret and by no other', () => {
  fc.assert(
    fc.property(fc.json(), fc.stringMatching(/^msg_[0-9a-f]{32}$/), (body, id) => {
      const secrets = [newSecret(), newSecret()];
      const headers = { ...signMessage({ id, body }, secrets, new Date()) };
      for (const secret of secrets) {
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      }
      expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature');
      const changed = `${body} `;
      expect(() => new Webhook(secrets[0] ?? '').verify(changed, headers)).toThrow(
        'No matching signature',
      );
    }),
    { numRuns: 25 },
  );
});
