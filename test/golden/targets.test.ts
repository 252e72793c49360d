import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadInferenceConfiguration } from '../../adapters/inference/targets/load-configuration.ts';
import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import { ROLES } from '../../workflows/contracts/targets.ts';
import { readGolden } from './read-golden.ts';

/** Targets as histories hold them: a worker whose fingerprint differs does not serve them. */

const ENV = {
  HF_TOKEN: 'hf_one,hf_two',
  HF_BILL_TO: 'acme',
  WHISPER_URL: 'https://whisper.example/',
  WHISPER_TOKEN: 'whisper-token',
  DIARIZE_URL: 'https://voices.example/',
  DIARIZE_TOKEN: 'voices-token',
  MIXTRAL_URL: 'https://mixtral.example/v1',
  MIXTRAL_TOKEN: 'mixtral-token',
};

test.each([
  ['recorded-default-targets.json', null],
  [
    'recorded-local-targets.json',
    readFileSync(new URL('../../local/hansard.yaml', import.meta.url), 'utf8'),
  ],
])('%s', (golden, text) => {
  const { roles } = loadInferenceConfiguration({ path: 'hansard.yaml', text, env: ENV });
  const recorded = Object.fromEntries(ROLES.map((role) => [role, roles[role].map(recordTarget)]));
  expect(recorded).toEqual(readGolden(golden));
});
