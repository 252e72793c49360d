import { describe, expect, it } from 'vitest';
import type { NativeProvider } from '../../../../../adapters/inference/protocols/forms/provider-url.ts';
import {
  authorizationScheme,
  providerUrl,
  workPathOf,
} from '../../../../../adapters/inference/protocols/forms/provider-url.ts';
import { aTarget } from '../../a-target.ts';

const at = (provider: NativeProvider, baseUrl: string, path: string) =>
  providerUrl(provider, aTarget({ baseUrl }), path);

describe('the route of a provider', () => {
  it('lies under its name on the router, and on what stands in for the router', () => {
    expect(at('together', 'https://router.huggingface.co', '/v1/x')).toBe(
      'https://router.huggingface.co/together/v1/x',
    );
    expect(at('fal', 'http://127.0.0.1:8484', '/fal-ai/whisper')).toBe(
      'http://127.0.0.1:8484/fal-ai/fal-ai/whisper',
    );
  });

  it('is not put under it twice', () => {
    expect(at('nscale', 'https://router.huggingface.co/nscale', '/v1/x')).toBe(
      'https://router.huggingface.co/nscale/v1/x',
    );
  });

  it.each([
    ['together', 'https://api.together.xyz', '/v1/x', 'https://api.together.xyz/v1/x'],
    ['together', 'https://api.together.ai', '/v1/x', 'https://api.together.ai/v1/x'],
    [
      'deepinfra',
      'https://api.deepinfra.com/v1/openai',
      '/v1/openai/x',
      'https://api.deepinfra.com/v1/openai/x',
    ],
    [
      'deepinfra',
      'https://api.deepinfra.com',
      '/v1/openai/x',
      'https://api.deepinfra.com/v1/openai/x',
    ],
    [
      'nscale',
      'https://inference.api.nscale.com',
      '/v1/x',
      'https://inference.api.nscale.com/v1/x',
    ],
    ['replicate', 'https://api.replicate.com', '/v1/x', 'https://api.replicate.com/v1/x'],
    ['fal', 'https://queue.fal.run', '/fal-ai/x', 'https://queue.fal.run/fal-ai/x'],
  ] as const)(
    "of %s lies at the root of the provider's own host %s",
    (provider, base, path, url) => {
      expect(at(provider, base, path)).toBe(url);
    },
  );

  it('of one provider is not at the root of the host of another', () => {
    expect(at('together', 'https://api.deepinfra.com', '/v1/x')).toBe(
      'https://api.deepinfra.com/together/v1/x',
    );
  });
});

describe('the path of an address where a provider says that the work lies', () => {
  it('is taken without its host and its query', () => {
    expect(workPathOf('https://queue.fal.run/fal-ai/flux/requests/ab-1?x=1', 'ab-1')).toBe(
      '/fal-ai/flux/requests/ab-1',
    );
  });

  it.each([
    'not a url',
    '/relative',
    'https://host',
    'https://host/a//b',
    'https://host/a/%2e%2e%2fb',
    'https://host/a%2Fb',
    'https://host/a b',
    'https://host/a/c',
    'https://host/a/b/cancel',
    'https://host/ab',
    `https://host/${'a/'.repeat(600)}b`,
    '',
    null,
    undefined,
  ])('is not followed where it is %s', (url) => {
    expect(workPathOf(url, 'b')).toBeNull();
  });

  it('leads nowhere but where it says', () => {
    expect(workPathOf('https://host/a/../../b', 'b')).toBe('/b');
  });
});

it("a key of fal is shown as such at fal's own hosts, and every other token as a bearer's", () => {
  const scheme = (contract: 'fal' | 'together', baseUrl: string) =>
    authorizationScheme(aTarget({ contract, baseUrl }));
  expect(scheme('fal', 'https://queue.fal.run')).toBe('Key');
  expect(scheme('fal', 'https://router.huggingface.co')).toBe('Bearer');
  expect(scheme('together', 'https://api.together.xyz')).toBe('Bearer');
});
