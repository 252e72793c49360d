import { expect, test } from 'vitest';
import { loadInferenceConfiguration } from '../../../../adapters/inference/targets/load-configuration.ts';

const { roles } = loadInferenceConfiguration({
  path: 'hansard.yaml',
  text: null,
  env: {
    HF_TOKEN: 'hf_x',
    WHISPER_URL: 'https://whisper.example',
    MIXTRAL_URL: 'https://m.example',
  },
});
const chain = (role: keyof typeof roles) =>
  roles[role].map(({ contract, model }) => `${contract} ${model}`);

test('start with the dedicated server, then Hugging Face itself, then other providers', () => {
  expect(chain('transcribe')).toEqual([
    'openai openai/whisper-large-v3',
    'hf-task openai/whisper-large-v3',
    'deepinfra openai/whisper-large-v3',
  ]);
  expect(chain('summarize')).toEqual([
    'openai mistralai/Mixtral-8x7B-Instruct-v0.1',
    'hf-chat openai/gpt-oss-120b:cheapest',
    'hf-chat meta-llama/Llama-3.3-70B-Instruct',
  ]);
  expect(chain('illustrate')).toEqual([
    'nscale black-forest-labs/FLUX.1-schnell',
    'fal fal-ai/flux/dev',
    'hf-task stabilityai/stable-diffusion-3-medium-diffusers',
  ]);
});

test('have no price, because an unknown price is not 0', () => {
  for (const target of Object.values(roles).flat()) expect(target.price).toBeNull();
});
