import type { Contract, RoleContracts } from './contract.ts';
import { formParameters, transcriptionForm } from './forms/transcription-form.ts';

const form = transcriptionForm(
  ({ baseUrl }) => `${baseUrl}/api/v1/audio/transcriptions`,
  (language, target) => formParameters(language ?? 'en', target),
  () => [],
);

/**
 * Hugging Face's own image for Whisper: OpenAI's form with five fields, and 400 to any other, `model` among them. It
 * detects no language: without one it takes all speech for English. So we say English ourselves, where the call's
 * record shows it, and believe no answer about it: the words tell.
 */
const transcribe: Contract<'transcribe'> = {
  buildRequest: form.buildRequest,
  parseResponse: (response, input, target) => {
    const parsed = form.parseResponse(response, input, target);
    return { ...parsed, answer: { ...parsed.answer, language: null } };
  },
};

export const hfendpoints = { transcribe } satisfies RoleContracts;
