import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Inputs } from '../protocols/contract.ts';
import type { Target } from '../targets/target.ts';
import { audioFormOf } from '../protocols/contract-table.ts';

/**
 * The smallest valid input of a task, for warm-ups. Its answer is not used: even a model that answers it with nonsense
 * (`provider_bug`, billed) is awake.
 */
export const smallestInput = <R extends Role>(
  role: R,
  { contract }: Pick<Target, 'contract'> = { contract: 'hf-task' },
): Inputs[R] =>
  audioFormOf({ contract, audioByUrl: false }) === 'wav'
    ? { ...SMALLEST, transcribe: IN_WAVE, diarize: VOICES_IN_WAVE }[role]
    : SMALLEST[role];

/** Half a second of silence: `ffmpeg -f lavfi -i anullsrc=r=16000:cl=mono -t 0.5`, with its metadata cut off. */
const SILENCE_FLAC =
  'ZkxhQ4AAACIEgASAAAALAAANA+gA8AAAH0Ae4Bk2cWCcfWPP6JuSCtMT//g1CAADAAAAakT/+DUIAQQAAAAGPP/4NQgCDQAAALK0//g1CAMKAAAA' +
  '3sz/+DUIBB8AAABbof/4NQgFGAAAADfZ//h1CAYEP2MAAAA9xA==';

/** The same as Ogg Opus, by `-c:a libopus`. */
const SILENCE_OPUS =
  'T2dnUwACAAAAAAAAAAAAAAAAAAAAAEkq9qABE09wdXNIZWFkAQE4AYA+AAAAAABPZ2dTAAAAAAAAAAAAAAAAAAABAAAASZW+VAEuT3B1c1RhZ3' +
  'MGAAAAZmZtcGVnAQAAABQAAABlbmNvZGVyPUxhdmMgbGlib3B1c09nZ1MABPheAAAAAAAAAAAAAAIAAACisB12GgMDAwMDAwMDAwMDAwMDAwMD' +
  'AwMDAwMDAwMDuP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP/+uP' +
  '/+uP/+';

/** 8 x 8 pixels of grey. */
const GREY_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAMAAADz0U65AAAAA1BMVEWIiIhYZW6zAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADElEQVQI12NgoA4A' +
  'AABIAAH/myMhAAAAAElFTkSuQmCC';

/** The 44 bytes of a RIFF header before half a second of 16-bit samples at 16 kHz, mono. */
const WAVE_HEADER = 'UklGRqQ+AABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YYA+AAA=';

const SMALLEST: Inputs = {
  transcribe: {
    audio: Buffer.from(SILENCE_FLAC, 'base64'),
    mediaType: 'audio/flac',
    url: null,
    durationSeconds: 0.5,
    language: null,
  },
  diarize: {
    audio: Buffer.from(SILENCE_OPUS, 'base64'),
    mediaType: 'audio/ogg',
    url: null,
    durationSeconds: 0.5,
  },
  summarize: {
    messages: [{ role: 'user', content: 'Hi' }],
    // A field of the summary's own schema: the local engine fills no others.
    schema: {
      name: 'summary',
      json: {
        type: 'object',
        properties: { summary: { type: 'string' } },
        required: ['summary'],
        additionalProperties: false,
      },
    },
    maxTokens: 1,
    temperature: 0,
    text: 'Hi',
  },
  generate: { messages: [{ role: 'user', content: 'Hi' }], maxTokens: 1, temperature: 0 },
  embed: { texts: ['Hi'] },
  illustrate: { prompt: 'grey', negativePrompt: '', width: 256, height: 256, seed: 0 },
  moderate: { image: Buffer.from(GREY_PNG, 'base64'), mediaType: 'image/png' },
  classify: { text: 'Hi' },
};

const IN_WAVE: Inputs['transcribe'] = {
  ...SMALLEST.transcribe,
  audio: Buffer.concat([Buffer.from(WAVE_HEADER, 'base64'), Buffer.alloc(16_000)]),
  mediaType: 'audio/x-wav',
};

const VOICES_IN_WAVE: Inputs['diarize'] = {
  audio: IN_WAVE.audio,
  mediaType: 'audio/x-wav',
  url: null,
  durationSeconds: IN_WAVE.durationSeconds,
};
