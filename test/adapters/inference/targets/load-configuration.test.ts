import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../../adapters/inference/targets/resolve-target.ts';
import { loadInferenceConfiguration } from '../../../../adapters/inference/targets/load-configuration.ts';
import { CONTRACT_NAMES } from '../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES } from '../../../../workflows/contracts/targets.ts';
import { contractFor } from '../../../../adapters/inference/protocols/contract-table.ts';
import { hansardJsonSchema } from '../../../../adapters/inference/targets/target-schema.ts';

const load = (text: string | null, env: Record<string, string | undefined> = {}) =>
  loadInferenceConfiguration({ path: 'hansard.yaml', text, env });

const refusal = (text: string | null, env: Record<string, string | undefined> = {}): string => {
  try {
    load(text, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

const oneTarget = (fields: string, role = 'summarize'): string =>
  `roles:\n  ${role}:\n    - { name: one, contract: openai, model: some/model, url: "http://host:8000", ${fields} }`;

describe('the default targets', () => {
  test('use the router if no dedicated server is set, and list what was skipped', () => {
    const { roles, skipped } = load(null, { HF_TOKEN: 'hf_x' });
    expect(roles.transcribe.map((target) => target.name)).toEqual([
      'whisper-large-v3',
      'whisper-large-v3-deepinfra',
    ]);
    expect(roles.transcribe[0]).toMatchObject({
      contract: 'hf-task',
      model: 'openai/whisper-large-v3',
      baseUrl: 'https://router.huggingface.co',
      apiTokens: ['hf_x'],
      tokenVariable: 'HF_TOKEN',
      audioSeconds: 28,
    });
    expect(roles.summarize.map((target) => target.name)).toEqual(['gpt-oss-120b', 'llama-3.3-70b']);
    expect(roles.moderate[0]?.model).toBe('Falconsai/nsfw_image_detection');
    expect(roles.illustrate).toHaveLength(3);
    expect(roles.classify).toEqual([]);
    expect(skipped).toEqual([
      { role: 'transcribe', name: 'whisper-dedicated', variable: 'WHISPER_URL' },
      { role: 'diarize', name: 'speakers-dedicated', variable: 'DIARIZE_URL' },
      { role: 'summarize', name: 'mixtral-8x7b', variable: 'MIXTRAL_URL' },
    ]);
    expect(roles.diarize).toEqual([]);
  });

  test('start with the dedicated servers if they are set, which need no token', () => {
    const { roles, skipped } = load(null, {
      WHISPER_URL: 'http://whisper:8000/v1/',
      DIARIZE_URL: 'http://voices:8000',
      MIXTRAL_URL: 'http://mixtral:8000',
      MIXTRAL_TOKEN: 'secret',
    });
    expect(skipped).toEqual([]);
    expect(roles.diarize[0]).toMatchObject({
      contract: 'toolkit',
      apiTokens: [],
      audioSeconds: null,
    });
    expect(roles.transcribe[0]).toMatchObject({
      baseUrl: 'http://whisper:8000',
      apiTokens: [],
      tokenVariable: 'WHISPER_TOKEN',
      audioSeconds: 300,
      coldStart: true,
    });
    expect(roles.summarize[0]).toMatchObject({ apiTokens: ['secret'], contextTokens: 32_768 });
  });

  test('take the first of HF_TOKENS, the router of HF_ROUTER_URL and the payer of HF_BILL_TO', () => {
    const { roles } = load(null, {
      HF_TOKENS: ' hf_one , hf_two',
      HF_ROUTER_URL: 'http://127.0.0.1:8484/',
      HF_BILL_TO: 'my-org',
      WHISPER_URL: 'http://whisper:8000',
    });
    expect(roles.moderate[0]).toMatchObject({
      apiTokens: ['hf_one', 'hf_two'],
      baseUrl: 'http://127.0.0.1:8484',
      billTo: 'my-org',
    });
    expect(roles.transcribe[0]?.billTo).toBeNull();
  });

  test('are looked up with the token at the hub that the router belongs to, and at no mirror', () => {
    const tokens = (env: Record<string, string>) =>
      load(null, { HF_TOKEN: 'hf_x', ...env }).services.hubTokens;
    const local = 'http://127.0.0.1:8484';
    expect(tokens({})).toEqual(['hf_x']);
    expect(tokens({ HF_HUB_URL: local, HF_ROUTER_URL: `${local}/v1` })).toEqual(['hf_x']);
    expect(tokens({ HF_HUB_URL: 'https://mirror.example' })).toEqual([]);
    expect(tokens({ HF_HUB_URL: 'http://huggingface.co' })).toEqual([]);
    expect(tokens({ HF_ROUTER_URL: local })).toEqual([]);
  });

  test('have no token if none is set, and name the variable to set', () => {
    expect(load(null).roles.moderate[0]).toMatchObject({
      apiTokens: [],
      tokenVariable: 'HF_TOKEN',
    });
  });
});

describe('hansard.yaml', () => {
  test('refuses a context that is too small for a prompt, some text and an answer', () => {
    expect(() => load(oneTarget('contextTokens: 4095'), {})).toThrow(/contextTokens.*4096/);
    expect(load(oneTarget('contextTokens: 4096'), {}).roles.summarize).toHaveLength(1);
  });

  test('replaces the chain of a role that it names and leaves the others', () => {
    const { roles } = load(oneTarget('contextTokens: 8192, label: "small, but ours"'), {});
    expect(roles.summarize).toEqual([
      {
        name: 'one',
        role: 'summarize',
        contract: 'openai',
        model: 'some/model',
        revision: null,
        baseUrl: 'http://host:8000',
        apiTokens: [],
        tokenVariable: null,
        billTo: null,
        headers: {},
        concurrency: 4,
        requestsPerMinute: null,
        audioSeconds: null,
        contextTokens: 8192,
        bodyBytes: null,
        coldStart: false,
        label: 'small, but ours',
        parameters: {},
        stream: false,
        audioByUrl: false,
        privateDownloads: false,
        tokenizer: null,
        price: null,
        endpoint: null,
      },
    ]);
    expect(roles.transcribe[0]?.name).toBe('whisper-large-v3');
  });

  test('that is empty leaves the defaults; an empty chain switches a role off', () => {
    expect(load('').roles).toEqual(load(null).roles);
    expect(load('roles: { illustrate: [] }').roles.illustrate).toEqual([]);
  });

  test('skips a target whose url or model names an unset or an empty variable', () => {
    const text = (field: string): string =>
      `roles: { summarize: [{ name: one, contract: hf-chat, model: m, ${field} }] }`;
    const skipped = [{ role: 'summarize', name: 'one', variable: 'SOME_VARIABLE' }];
    const byUrl = load(text('url: "https://${SOME_VARIABLE}/x"')).skipped;
    expect(byUrl.filter((one) => one.role === 'summarize')).toEqual(skipped);
    const byModel = load(
      text('url: "https://host"').replace('model: m', 'model: "${SOME_VARIABLE}"'),
      {
        SOME_VARIABLE: '',
      },
    ).skipped;
    expect(byModel.filter((one) => one.role === 'summarize')).toEqual(skipped);
  });

  test('does not treat properties of every object as variables', () => {
    const text = 'roles: { classify: [{ name: one, contract: hf-task, model: "${constructor}" }] }';
    expect(load(text).skipped).toContainEqual({
      role: 'classify',
      name: 'one',
      variable: 'constructor',
    });
  });

  test('puts variables into url and model', () => {
    const { roles } = load(
      'roles: { summarize: [{ name: one, contract: hf-chat, model: "${OWNER}/m", url: "https://${HOST}:81" }] }',
      { OWNER: 'me', HOST: 'host' },
    );
    expect(roles.summarize[0]).toMatchObject({ model: 'me/m', baseUrl: 'https://host:81' });
  });

  test.each([
    ['http://h/v1', 'http://h'],
    ['http://h/', 'http://h'],
    ['http://h/v1/chat/completions', 'http://h'],
    ['https://api.groq.com/openai/v1/', 'https://api.groq.com/openai'],
    ['https://h/api/paas/v4', 'https://h/api/paas/v4'],
    ['HTTPS://Host:443/a', 'https://host/a'],
  ])('takes %s for the server %s', (url, baseUrl) => {
    const text = oneTarget('coldStart: true').replace('http://host:8000', url);
    expect(load(text).roles.summarize[0]?.baseUrl).toBe(baseUrl);
  });

  test.each<[string, string, RegExp]>([
    [
      'a key that is not known',
      'rolls: {}',
      /^hansard\.yaml: the file: rolls is not known here\. Known: roles/,
    ],
    [
      'a price in a unit that is not known',
      oneTarget('price: { perWord: 1 }'),
      /roles\.summarize\[0\]\.price: perWord is not known here\. Known: inputPerMillion/,
    ],
    [
      'a role that is not known',
      'roles: { sing: [] }',
      /roles: sing is not known here.*transcribe/,
    ],
    [
      'a name that names no queue',
      oneTarget('').replace('name: one', 'name: One'),
      /roles\.summarize\[0\]\.name: must be/,
    ],
    [
      'a contract that is not known',
      oneTarget('').replace('openai', 'smtp'),
      /roles\.summarize\[0\]\.contract: .*hf-chat/,
    ],
    [
      'a contract without that role',
      oneTarget('').replace('openai', 'hfendpoints'),
      /roles\.summarize\[0\]\.contract hfendpoints cannot summarize\. Use hf-chat or hf-task or/,
    ],
    [
      'no url where there is no default',
      oneTarget('').replace('url: "http://host:8000", ', ''),
      /roles\.summarize\[0\]\.url is missing/,
    ],
    ['a limit out of bounds', oneTarget('concurrency: 0'), /roles\.summarize\[0\]\.concurrency: /],
    ['half a token', oneTarget('contextTokens: 4096.5'), /roles\.summarize\[0\]\.contextTokens: /],
    [
      'a secret in the file',
      oneTarget('token: hf_literal'),
      /roles\.summarize\[0\]\.token: must name a variable/,
    ],
    ['a revision that is no commit', oneTarget('revision: main'), /revision: must be a commit/],
    [
      'a legacy host',
      oneTarget('').replace('http://host:8000', 'https://api-inference.huggingface.co/models/x'),
      /roles\.summarize\[0\]\.url .*https:\/\/router\.huggingface\.co/,
    ],
    [
      'the legacy proxy',
      oneTarget('').replace(
        'http://host:8000',
        'https://huggingface.co/api/inference-proxy/together',
      ),
      /https:\/\/router\.huggingface\.co/,
    ],
    [
      'no URL',
      oneTarget('').replace('http://host:8000', 'host'),
      /roles\.summarize\[0\]\.url is not a URL/,
    ],
    [
      'another scheme',
      oneTarget('').replace('http://host:8000', 'file:///x'),
      /must begin with http/,
    ],
    ['a query', oneTarget('').replace('host:8000', 'host:8000/?key=abc'), /has a query/],
    [
      'a model that leaves its path',
      oneTarget('').replace('some/model', '../x'),
      /model is not the name of a model/,
    ],
    [
      'a policy outside of chat',
      'roles: { moderate: [{ name: a, contract: hf-task, model: "a/b:fastest" }] }',
      /has a suffix/,
    ],
    [
      'a name taken by a default',
      oneTarget('').replace('name: one', 'name: falconsai-nsfw'),
      /the default targets: roles\.moderate\[0\]\.name: falconsai-nsfw is already used by hansard\.yaml: roles\.summarize\[0\]/,
    ],
    ['what is not YAML', 'roles: [', /line 1, column \d+ is not YAML/],
    ['aliases without an anchor', 'roles: *nothing', /YAML|aliases/],
    ['text in the place of a list', 'roles: { summarize: gpt }', /roles\.summarize: /],
  ])('with %s is refused, naming the place', (_, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  test.each([
    ['roles:', 'roles: has no value. Give it a map of fields, or remove it.'],
    ['roles: { embed: }', 'roles.embed: has no value. Give it a list, or remove it.'],
    ['[]', 'the file: must be a map of fields.'],
    [
      'roles: { embed: [{ contract: openai, model: m }] }',
      'roles.embed[0].name: is missing. It must be a text.',
    ],
    [
      oneTarget('').replace('contract: openai', 'contract: smtp'),
      `roles.summarize[0].contract: must be ${CONTRACT_NAMES.join(' or ')}.`,
    ],
    [oneTarget('concurrency: 0'), 'roles.summarize[0].concurrency: must be at least 1.'],
    [oneTarget('concurrency: 500'), 'roles.summarize[0].concurrency: must be 256 at most.'],
    [oneTarget('concurrency: 1.5'), 'roles.summarize[0].concurrency: must be a whole number.'],
    [oneTarget('requestsPerMinute: 0'), 'roles.summarize[0].requestsPerMinute: must be above 0.'],
    [oneTarget('coldStart: yes'), 'roles.summarize[0].coldStart: must be true or false.'],
    [oneTarget('label: ""'), 'roles.summarize[0].label: must not be empty.'],
    [
      oneTarget(`label: "${'x'.repeat(201)}"`),
      'roles.summarize[0].label: must have 200 characters at most.',
    ],
    [oneTarget('price: { currency: EUR }'), 'roles.summarize[0].price.currency: must be USD.'],
    [
      oneTarget('parameters: { topP: }'),
      'roles.summarize[0].parameters.topP: must be a number, a text, true, false, or a list of texts.',
    ],
  ])('says what a field must be (%#)', (text, said) => {
    expect(refusal(text)).toBe(`hansard.yaml: ${said}`);
  });

  test('names the variable that holds a wrong token', () => {
    const env = { HF_TOKEN: 'hf x', ENDPOINT_TOKEN: 'hf x' };
    expect(refusal(null, env)).toMatch(/\.token \(\$\{HF_TOKEN\}\) holds characters that no token/);
    const endpoint = 'endpoint: { namespace: a, name: b, token: "${ENDPOINT_TOKEN}" }';
    expect(refusal(oneTarget(endpoint, 'transcribe'), env)).toMatch(
      /endpoint has a token \(\$\{ENDPOINT_TOKEN\}\) with characters that no token/,
    );
  });

  test('is refused without repeating possible secrets', () => {
    const texts = [
      oneTarget('').replace('host:8000', 'user:hunter2@host'),
      oneTarget('token: hunter2'),
      'token: hunter2 hunter2: x: [',
      oneTarget('').replace('http://host:8000', '${SECRET_URL}'),
      oneTarget('token: "${SECRET_TOKEN}"'),
    ];
    const env = { SECRET_URL: 'hunter2', SECRET_TOKEN: 'hunter2\nhunter2' };
    for (const text of texts) expect(refusal(text, env)).not.toContain('hunter2');
  });

  test('names the variable that holds a wrong URL', () => {
    expect(refusal(null, { WHISPER_URL: 'nonsense' })).toBe(
      'the default targets: roles.transcribe[0].url (${WHISPER_URL}) is not a URL. Write it like https://host:8000.',
    );
    expect(refusal(null, { HF_ROUTER_URL: 'https://api-inference.huggingface.co' })).toMatch(
      /^HF_ROUTER_URL .*router\.huggingface\.co/,
    );
    expect(refusal(null, { HF_BILL_TO: 'a\r\nb: c' })).toMatch(/HF_BILL_TO/);
  });
});

describe('the JSON Schema for editors', () => {
  test('demands name, contract and model, and knows no other fields', () => {
    const schema = JSON.stringify(hansardJsonSchema());
    expect(schema).toContain('"required":["name","contract","model"]');
    expect(schema).toContain('"additionalProperties":false');
  });
});

test('the contract table has exactly these pairs', () => {
  const roles = Object.fromEntries(
    CONTRACT_NAMES.map((contract) => [
      contract,
      ROLES.filter((role) => contractFor(contract, role) !== null),
    ]),
  );
  expect(roles).toEqual({
    'hf-chat': ['summarize', 'generate'],
    'hf-task': ['transcribe', 'summarize', 'illustrate', 'moderate', 'classify', 'embed'],
    fal: ['transcribe', 'diarize', 'illustrate'],
    replicate: ['transcribe', 'illustrate'],
    together: ['transcribe', 'summarize', 'illustrate', 'generate', 'embed'],
    deepinfra: ['transcribe', 'summarize', 'generate', 'embed'],
    nscale: ['summarize', 'illustrate', 'generate'],
    openai: ['transcribe', 'summarize', 'illustrate', 'generate', 'embed'],
    tgi: ['summarize', 'generate'],
    toolkit: ['transcribe', 'diarize', 'summarize', 'illustrate', 'moderate', 'classify', 'embed'],
    hfendpoints: ['transcribe'],
  });
});
