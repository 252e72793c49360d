import type { Contract, RoleContracts, Target } from '../contract.ts';
import { encodeMultipart } from '../multipart.ts';
import { mergeMembers } from '../parameters/merge-members.ts';
import { wireParameters } from '../parameters/wire-parameters.ts';
import { transcriptionForm } from './transcription-form.ts';

const url = ({ baseUrl }: Target): string => `${baseUrl}/api/v1/audio/transcriptions`;

/**
 * Hugging Face's own image for Whisper: OpenAI's form with five fields, and 400 to any other, `model` among them. It
 * detects no language: without one it takes all speech for English. So we say English ourselves, where the call's
 * record shows it, and believe no answer about it: the words tell.
 */
const transcribe: Contract<'transcribe'> = {
  buildRequest: (input, target) => {
    const said = mergeMembers(
      { response_format: 'verbose_json', temperature: 0, language: input.language ?? 'en' },
      wireParameters(target),
    );
    const parameters = Object.fromEntries(
      Object.entries(said).map(([name, value]) => [name, String(value)]),
    );
    const { contentType, body } = encodeMultipart([
      ...Object.entries(parameters).map(([name, value]) => ({ name, value })),
      {
        name: 'file',
        filename: input.mediaType === 'audio/flac' ? 'chunk.flac' : 'chunk.wav',
        mediaType: input.mediaType,
        bytes: input.audio,
      },
    ]);
    return {
      method: 'POST',
      url: url(target),
      headers: { 'content-type': contentType, accept: 'application/json' },
      body,
      parameters,
    };
  },

  parseResponse: (response, input, target) => {
    const parsed = transcriptionForm(url).parseResponse(response, input, target);
    return { ...parsed, answer: { ...parsed.answer, language: null } };
  },
};

export const hfendpoints = { transcribe } satisfies RoleContracts;
