import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, Parsed, RoleContract, WireContract } from './contract.ts';
import { healthQuestion } from './forms/probe-question.ts';
import { transcriptionForm } from './forms/transcription-form.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
  audio: { ...COMMON_TRAITS.audio, detectsLanguage: false, tellsWords: false },
  router: null,
  // The rest of `/api/v1/audio/transcriptions`, once the common end is removed.
  ownRoute: /\/api$/,
  streams: false,
  probeQuestion: healthQuestion,
};

const form = transcriptionForm(({ baseUrl }) => `${baseUrl}/api/v1`, { isBare: true });

const transcribe: RoleContract<'transcribe', Parsed<'transcribe'>> = {
  ...form,
  buildRequest: (input, target) =>
    form.buildRequest({ ...input, language: input.language ?? 'en' }, target),
  parseResponse: (response, input, target) => {
    const parsed = form.parseResponse(response, input, target);
    return { ...parsed, answer: { ...parsed.answer, language: null } };
  },
};

/**
 * Hugging Face's own image for Whisper: OpenAI's form with five fields; it answers 400 to any other, also to `model`.
 * It does not detect languages: without one it treats all speech as English. So Hansard sends English explicitly, where
 * the call's record shows it, and ignores the language of the answer; a later stage detects it from the words.
 */
export const hfendpoints = { traits, roles: { transcribe } } satisfies WireContract;
