import { describe, expect, test } from 'vitest';
import { loadInferenceConfiguration } from '../../../../adapters/inference/targets/load-configuration.ts';

const load = (role: string, entry: string) =>
  loadInferenceConfiguration({
    path: 'hansard.yaml',
    text: `roles: { ${role}: [{ name: one, model: some/model, ${entry} }] }`,
    env: {},
  });

test('the target is called with its preset and its parameters', () => {
  const { roles } = load(
    'summarize',
    'contract: tgi, url: "http://host", preset: faithful, parameters: { topK: 20, stop: ["END"] }',
  );
  expect(roles.summarize[0]?.parameters).toEqual({
    temperature: 0.3,
    topK: 20,
    repetitionPenalty: 1.1,
    stop: ['END'],
  });
});

test.each([
  [
    'classify',
    'contract: hf-task, parameters: { temperature: 0.2 }',
    'hansard.yaml: roles.classify[0].parameters hold temperature, which has no effect on a classifier, which writes no text. Known here: functionToApply, topK.',
  ],
  [
    'summarize',
    'contract: tgi, url: "http://host", parameters: { temperature: 3 }',
    'hansard.yaml: roles.summarize[0].parameters hold temperature, which must be a number from 0 to 2.',
  ],
  [
    'summarize',
    'contract: tgi, url: "http://host", preset: balanced, parameters: { temperature: 0 }',
    'hansard.yaml: roles.summarize[0].parameters hold temperature 0, which turns sampling off, and topK (with the preset). Remove one of them.',
  ],
  [
    'transcribe',
    'contract: hf-task, preset: faithful',
    'hansard.yaml: roles.transcribe[0].preset is for roles that write text, and not for transcribe. Remove it.',
  ],
  [
    'summarize',
    'contract: hf-task, stream: true',
    'hansard.yaml: roles.summarize[0].stream does not work with hf-task. Remove it.',
  ],
  [
    'classify',
    'contract: hf-task, stream: true',
    'hansard.yaml: roles.classify[0].stream is for chat only, and not for classify. Remove it.',
  ],
  [
    'summarize',
    'contract: hf-chat, audioSeconds: 28',
    'hansard.yaml: roles.summarize[0].audioSeconds is for transcribe and diarize, and has no effect here. Remove it.',
  ],
  [
    'transcribe',
    'contract: hf-task, tokenizer: some/model',
    'hansard.yaml: roles.transcribe[0].tokenizer is for summarize and generate, and has no effect here. Remove it.',
  ],
  [
    'moderate',
    'contract: hf-task, privateDownloads: true',
    'hansard.yaml: roles.moderate[0].privateDownloads is for illustrate and transcribe, and has no effect here. Remove it.',
  ],
  [
    'summarize',
    'contract: hf-chat, endpoint: { namespace: me, name: one }',
    'hansard.yaml: roles.summarize[0].endpoint is for a server with its own url, but this target calls the router. Set url, or remove endpoint.',
  ],
  [
    'summarize',
    'contract: hf-chat, tokenizer: "./tokenizer.json"',
    'hansard.yaml: roles.summarize[0].tokenizer: must be a repository of the hub, like owner/name.',
  ],
])('what a role or its contract does not know is refused: %s with %s', (role, entry, sentence) => {
  expect(() => load(role, entry)).toThrowError(sentence);
});

test.each([
  ['generate', 'tgi', 'https://host/tgi/generate_stream/', 'https://host/tgi'],
  ['generate', 'tgi', 'https://host/generate', 'https://host'],
  ['transcribe', 'hfendpoints', 'https://host/api/v1/audio/transcriptions', 'https://host'],
  ['transcribe', 'hfendpoints', 'https://host/api/v1', 'https://host'],
  ['generate', 'openai', 'https://host/api/v1', 'https://host/api'],
  ['embed', 'openai', 'https://host/v1/embeddings', 'https://host'],
  ['classify', 'hf-task', 'https://host/hf-inference/models/owner/name', 'https://host'],
  ['classify', 'hf-task', 'https://host/a/hf-inference/', 'https://host/a'],
] as const)('%s with %s may have its whole route as url: %s', (role, contract, url, baseUrl) => {
  expect(load(role, `contract: ${contract}, url: "${url}"`).roles[role][0]?.baseUrl).toBe(baseUrl);
});

const GATEWAY = 'contract: openai, url: "http://gateway"';

test('headers of a gateway are sent with the values of their variables', () => {
  const load = (headers: string, env: Record<string, string>) =>
    loadInferenceConfiguration({
      path: 'hansard.yaml',
      text: `roles: { generate: [{ name: one, model: some/model, ${GATEWAY}, headers: ${headers} }] }`,
      env,
    });
  const written = '{ X-Portkey-Api-Key: "${PORTKEY_KEY}", x-portkey-provider: openai }';
  expect(load(written, { PORTKEY_KEY: 'pk-1' }).roles.generate[0]?.headers).toEqual({
    'x-portkey-api-key': { written: '${PORTKEY_KEY}', value: 'pk-1' },
    'x-portkey-provider': { written: 'openai', value: 'openai' },
  });
  expect(load(written, {}).skipped).toContainEqual({
    role: 'generate',
    name: 'one',
    variable: 'PORTKEY_KEY',
  });
  expect(() => load(written, { PORTKEY_KEY: 'a\nb' })).toThrowError(
    'hansard.yaml: roles.generate[0].headers hold x-portkey-api-key, whose value has characters that no header can carry.',
  );
});

test.each([
  ['x-api-key: sk-1', 'hold x-api-key, which is a secret. Name a variable that holds it.'],
  [
    'cf-aig-authorization: Bearer x',
    'hold cf-aig-authorization, which is a secret. Name a variable that holds it.',
  ],
  ['Authorization: "${KEY}"', 'is a header that Hansard sets itself.'],
  ['Content-Length: "1"', 'is a header that Hansard sets itself.'],
  ['X-HF-Bill-To: me', 'is a header that Hansard sets itself.'],
  ['"a b": c', 'must be the name of a header: letters, digits, dashes.'],
])('a header that would change the call, or hold a secret, is refused: %s', (header, sentence) => {
  expect(() => load('generate', `${GATEWAY}, headers: { ${header} }`)).toThrowError(sentence);
});

test("a price without amounts counts as none, so the router's listed price is shown", () => {
  expect(load('generate', 'contract: hf-chat, price: {}').roles.generate[0]?.price).toBeNull();
  expect(
    load('generate', 'contract: hf-chat, price: { currency: USD, inputPerMillion: 0 }').roles
      .generate[0]?.price,
  ).toMatchObject({ inputPerMillion: 0, outputPerMillion: null });
});

describe('a token of Hugging Face', () => {
  const target = (entry: string, env: Record<string, string> = {}) =>
    loadInferenceConfiguration({
      path: 'hansard.yaml',
      text: `roles: { generate: [{ name: one, model: some/model, ${entry} }] }`,
      env: { HF_TOKEN: 'hf_x', HF_BILL_TO: 'my-org', ...env },
    }).roles.generate[0];

  test('goes to the router by default', () => {
    const routed = { apiTokens: ['hf_x'], tokenVariable: 'HF_TOKEN', billTo: 'my-org' };
    expect(target('contract: hf-chat')).toMatchObject(routed);
    expect(
      target('contract: together, url: "https://router.huggingface.co/together"'),
    ).toMatchObject(routed);
    expect(
      target('contract: hf-chat, url: "http://stand-in:8000"', {
        HF_ROUTER_URL: 'http://stand-in:8000',
      }),
    ).toMatchObject(routed);
  });

  test.each([
    'contract: together, url: "https://api.together.xyz"',
    'contract: hf-chat, url: "https://elsewhere.example"',
    'contract: hf-chat, url: "http://router.huggingface.co"',
    'contract: openai, url: "https://api.example.com"',
  ])('goes to no other server unless its entry names it: %s', (entry) => {
    expect(target(entry)).toMatchObject({ apiTokens: [], tokenVariable: null, billTo: null });
    expect(target(`${entry}, token: "\${HF_TOKEN}"`)).toMatchObject({ apiTokens: ['hf_x'] });
  });
});
