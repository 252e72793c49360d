import { describe, expect, test } from 'vitest';
import { parseBaseUrl } from '../../../../adapters/inference/targets/server-urls.ts';
import { loadInferenceConfiguration } from '../../../../adapters/inference/targets/load-configuration.ts';

describe('one server has one base URL', () => {
  test.each([
    ['https://host', 'https://host'],
    ['https://HOST:443/', 'https://host'],
    ['https://host/v1', 'https://host'],
    ['https://host/v1/chat/completions/', 'https://host'],
    ['http://host:8000/api/v1/audio/transcriptions', 'http://host:8000/api'],
    ['http://host:8000/v1/embeddings', 'http://host:8000'],
    ['http://host:8000/v1/images/generations/', 'http://host:8000'],
    ['https://huggingface.co', 'https://huggingface.co'],
    [
      'https://huggingface.co/api/inference-proxy-of-mine',
      'https://huggingface.co/api/inference-proxy-of-mine',
    ],
    [
      'https://api-inference.huggingface.co.mine.example',
      'https://api-inference.huggingface.co.mine.example',
    ],
  ])('%s', (written, baseUrl) => {
    expect(parseBaseUrl(written)).toEqual({ baseUrl });
  });
});

const LEGACY = [
  'https://api-inference.huggingface.co',
  'https://API-Inference.HuggingFace.co/models/openai/whisper-large-v3',
  'http://api-inference.huggingface.co:8443/',
  'https://api-inference.huggingface.co./models',
  'https://api-inference.hf.co/models/x',
  'https://huggingface.co/api/inference-proxy',
  'https://huggingface.co/api/inference-proxy/together/v1',
  'https://huggingface.co./api/inference-proxy/',
  'https://www.huggingface.co:443/api//Inference-Proxy/hf-inference',
  'https://hf.co/api/%69nference-proxy/x',
];

describe('the hosts that Hugging Face has switched off', () => {
  test.each(LEGACY)('%s is refused, and the right one named', (url) => {
    expect(parseBaseUrl(url)).toEqual({
      wrong:
        'is an address that Hugging Face has switched off. Use https://router.huggingface.co instead',
    });
  });

  const load = (text: string | null, env: Record<string, string>) => () =>
    loadInferenceConfiguration({ path: 'hansard.yaml', text, env });

  test.each(['HF_ROUTER_URL', 'HF_HUB_URL', 'HF_ENDPOINTS_URL'])(
    'are refused in %s',
    (variable) => {
      for (const url of LEGACY)
        expect(load(null, { [variable]: url })).toThrow(
          new RegExp(`^${variable} .*Use https://router\\.huggingface\\.co`),
        );
    },
  );

  test('are refused as the url of a target, written or by its variable', () => {
    const target = (url: string): string =>
      `roles: { classify: [{ name: a, contract: hf-task, model: o/m, url: "${url}" }] }`;
    for (const url of LEGACY) {
      expect(load(target(url), {})).toThrow(/roles\.classify\[0\]\.url.*router\.huggingface\.co/);
      expect(load(target('${MY_URL}'), { MY_URL: url })).toThrow(
        /url \(\$\{MY_URL\}\).*router\.huggingface\.co/,
      );
    }
  });
});
