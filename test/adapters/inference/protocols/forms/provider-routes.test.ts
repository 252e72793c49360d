import { describe, expect, test } from 'vitest';
import { smallestInput } from '../../../../../adapters/inference/call/smallest-request.ts';
import {
  contractFor,
  contractOf,
} from '../../../../../adapters/inference/protocols/contract-table.ts';
import { workPathOf } from '../../../../../adapters/inference/protocols/forms/provider-routes.ts';
import type { Role } from '../../../../../workflows/contracts/targets.ts';
import { aTarget } from '../../a-target.ts';

/** The URL of a request to the model `a/b` at a server. */
const at = (contract: string, role: Role, baseUrl: string) =>
  contractFor(contract, role)?.buildRequest(
    smallestInput<Role>(role, { contract }),
    aTarget({ contract, role, baseUrl, model: 'a/b' }),
  ).url;

describe('the route of a provider', () => {
  test('is below its name on the router, and on a server that replaces the router', () => {
    expect(at('together', 'generate', 'https://router.huggingface.co')).toBe(
      'https://router.huggingface.co/together/v1/chat/completions',
    );
    expect(at('fal', 'transcribe', 'http://127.0.0.1:8484')).toBe(
      'http://127.0.0.1:8484/fal-ai/a/b',
    );
  });

  test('is not put below it twice', () => {
    expect(at('nscale', 'generate', 'https://router.huggingface.co/nscale')).toBe(
      'https://router.huggingface.co/nscale/v1/chat/completions',
    );
  });

  test.each([
    ['together', 'https://api.together.xyz', '/v1/chat/completions'],
    ['together', 'https://api.together.ai', '/v1/chat/completions'],
    ['deepinfra', 'https://api.deepinfra.com', '/v1/openai/chat/completions'],
    ['nscale', 'https://inference.api.nscale.com', '/v1/chat/completions'],
  ])("of %s is at the root of the provider's own host %s", (contract, base, path) => {
    expect(at(contract, 'generate', base)).toBe(base + path);
  });

  test("of replicate and fal is at the root of the providers' own hosts", () => {
    expect(at('replicate', 'transcribe', 'https://api.replicate.com')).toBe(
      'https://api.replicate.com/v1/models/a/b/predictions',
    );
    for (const host of ['https://queue.fal.run', 'https://fal.run'])
      expect(at('fal', 'transcribe', host)).toBe(`${host}/a/b`);
  });

  test("has the end of DeepInfra's manual once only", () => {
    expect(at('deepinfra', 'generate', 'https://api.deepinfra.com/v1/openai')).toBe(
      'https://api.deepinfra.com/v1/openai/chat/completions',
    );
  });

  test('of one provider is not at the root of the host of another', () => {
    expect(at('together', 'generate', 'https://api.deepinfra.com')).toBe(
      'https://api.deepinfra.com/together/v1/chat/completions',
    );
  });
});

describe('the path of an address that a provider gives for queued work', () => {
  test('is taken without its host and its query', () => {
    expect(workPathOf('https://queue.fal.run/fal-ai/flux/requests/ab-1?x=1', 'ab-1')).toBe(
      '/fal-ai/flux/requests/ab-1',
    );
  });

  test.each([
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

  test('is resolved before it is used', () => {
    expect(workPathOf('https://host/a/../../b', 'b')).toBe('/b');
  });
});

test("fal's own hosts get a key, and every other server a bearer token", () => {
  const scheme = (contract: 'fal' | 'together', baseUrl: string) =>
    contractOf({ contract }).traits.authorizationScheme({ baseUrl });
  expect(scheme('fal', 'https://queue.fal.run')).toBe('Key');
  expect(scheme('fal', 'https://router.huggingface.co')).toBe('Bearer');
  expect(scheme('together', 'https://api.together.xyz')).toBe('Bearer');
});
