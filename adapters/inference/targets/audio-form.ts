import type { ContractName } from '../../../workflows/contracts/targets.ts';
import type { Target } from './target.ts';

/** FLAC is half as long as WAV, and every server reads it. The address is that of the FLAC in the object store. */
export type AudioForm = 'flac' | 'wav' | 'url';

/** In which form a target wants the audio of a chunk. */
export const audioFormOf = ({
  contract,
  audioByUrl,
}: Pick<Target, 'contract' | 'audioByUrl'>): AudioForm =>
  audioByUrl ? 'url' : (FORMS[contract] ?? 'flac');

/** What differs. Of `data:` URLs fal takes `audio/mpeg`, `audio/x-wav` and `video/webm` only (huggingface.js, fal-ai.ts). */
const FORMS: { readonly [Name in ContractName]?: AudioForm } = { fal: 'wav' };
