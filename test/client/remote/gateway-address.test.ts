import { expect, test } from 'vitest';
import { SettingError } from '../../../adapters/settings/environment.ts';
import { parseGatewayAddress } from '../../../client/remote/gateway-address.ts';

const HANSARD_KEY = 'hansard_0123456789abcdef0123_secret';

test.each([
  ['https://minutes.example.org', 'https://minutes.example.org', 'minutes.example.org'],
  ['https://example.org:8443/minutes/', 'https://example.org:8443/minutes', 'example.org:8443'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', '127.0.0.1:8080'],
  ['http://[::1]:8080/', 'http://[::1]:8080', '[::1]:8080'],
  ['http://localhost', 'http://localhost', 'localhost'],
])('%s is the address of a gateway', (HANSARD_URL, url, place) => {
  const address = { url, place, opener: { key: HANSARD_KEY } };
  expect(parseGatewayAddress({ HANSARD_URL, HANSARD_KEY })).toEqual(address);
});

test.each([
  ['http://minutes.example.org', /whoever reads the line would have the key/],
  ['http://127.0.0.1.example.org', /whoever reads the line/],
  ['http://10.0.0.1', /whoever reads the line/],
  ['https://ann:word@example.org', /HANSARD_URL is not of the form/],
  ['ftp://example.org', /HANSARD_URL is not of the form/],
  ['example.org', /HANSARD_URL is not of the form/],
])('%s is none: the key goes nowhere', (HANSARD_URL, message) => {
  const parse = () => parseGatewayAddress({ HANSARD_URL, HANSARD_KEY });
  expect(parse).toThrow(SettingError);
  expect(parse).toThrow(message);
});

test('a key with a line break is refused, and never told', () => {
  const env = { HANSARD_URL: 'https://example.org', HANSARD_KEY: `${HANSARD_KEY}\nx: y` };
  expect(() => parseGatewayAddress(env)).toThrow(/^(?!.*secret).*HANSARD_KEY is no key/s);
});
