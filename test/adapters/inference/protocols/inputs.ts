import type { Inputs } from '../../../../adapters/inference/protocols/contract.ts';

/** One input a role, for the contracts' tests. */
export const INPUTS: Pick<
  Inputs,
  'transcribe' | 'diarize' | 'summarize' | 'generate' | 'embed' | 'illustrate'
> = {
  transcribe: {
    audio: new Uint8Array([0x66, 0x4c, 0x61, 0x43, 0, 255]),
    mediaType: 'audio/flac',
    url: null,
    durationSeconds: 20,
    language: 'en',
  },
  diarize: {
    audio: new Uint8Array([0x4f, 0x67, 0x67, 0x53, 0, 255]),
    mediaType: 'audio/ogg',
    url: null,
    durationSeconds: 20,
  },
  summarize: {
    messages: [
      { role: 'system', content: 'You write minutes.' },
      { role: 'user', content: 'Ann: we ship on Friday.' },
    ],
    schema: { name: 'draft', json: { type: 'object' } },
    maxTokens: 800,
    temperature: 0.2,
    text: 'Ann: we ship on Friday.',
  },
  generate: {
    messages: [{ role: 'user', content: 'Name a colour.' }],
    maxTokens: 16,
    temperature: 0.7,
  },
  embed: { texts: ['one', 'two'] },
  illustrate: { prompt: 'a fox', negativePrompt: 'text', width: 1024, height: 576, seed: 7 },
};

/** 8 x 8 pixels of grey, as PNG. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAMAAADz0U65AAAAA1BMVEWIiIhYZW6zAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQI12NgoA4AAABIAAH/myMhAAAAAElFTkSuQmCC',
  'base64',
);

/** What a JPEG begins with. */
export const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]);
