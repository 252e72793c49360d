import { expect, test } from 'vitest';
import { audioFormOf } from '../../../../adapters/inference/protocols/contract-table.ts';
import { CONTRACT_NAMES } from '../../../../adapters/inference/protocols/contract-table.ts';
import { aTarget } from '../a-target.ts';

test('fal takes WAV of the forms we make; all others take FLAC', () => {
  const forms = CONTRACT_NAMES.map((contract) => [contract, audioFormOf(aTarget({ contract }))]);
  expect(forms.filter(([, form]) => form !== 'flac')).toEqual([['fal', 'wav']]);
});

test('a target that fetches the audio takes its address', () => {
  expect(audioFormOf(aTarget({ contract: 'fal', audioByUrl: true }))).toBe('url');
});
