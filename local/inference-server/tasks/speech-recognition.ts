import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { taskRefusal } from '../refusal.ts';
import { reportWork } from '../report-work.ts';
import { prepareTranscription } from '../speech.ts';
import {
  decodeBase64,
  readParameters,
  readTaskInput,
  type ToolkitServer,
} from './toolkit-request.ts';

const generationSchema = z.strictObject({
  language: z.string().nullish(),
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  temperature: z.number().min(0).max(1).default(0),
  num_beams: z.int().min(1).max(10).default(1),
  // Whisper's decoder has 448 positions.
  max_new_tokens: z.int().min(1).max(448).nullable().default(null),
  do_sample: z.literal(false).optional(),
  no_repeat_ngram_size: z.int().min(0).default(0),
});
const parametersSchema = z.strictObject({
  return_timestamps: z.union([z.boolean(), z.literal('word')]).default(false),
  generation_parameters: generationSchema.optional(),
  /** The toolkit renames `generation_parameters` to this, and takes both. */
  generate_kwargs: generationSchema.prefault({}),
});

export async function recognizeSpeech(
  request: FastifyRequest,
  reply: FastifyReply,
  server: ToolkitServer & {
    readonly transcriber: Transcriber;
    /** Null: no limit on the length. */
    readonly limitSeconds: number | null;
    /** Null: the language is detected. */
    readonly defaultLanguage: string | null;
  },
): Promise<object> {
  const { transcriber, limitSeconds, defaultLanguage } = server;
  const input = readTaskInput(request, server, 'audio');
  const pipeline = 'AutomaticSpeechRecognitionPipeline';
  const parameters = readParameters(parametersSchema, input.parameters, pipeline);
  const audio = readAudio(input);
  const generation = parameters.generation_parameters ?? parameters.generate_kwargs;
  const withWords = parameters.return_timestamps === 'word';
  const run = prepareTranscription(
    transcriber,
    {
      audio,
      limitSeconds,
      language: generation.language ?? defaultLanguage,
      task: generation.task,
      beam_size: generation.num_beams,
      temperature: generation.temperature,
      max_new_tokens: generation.max_new_tokens,
      no_repeat_ngram_size: generation.no_repeat_ngram_size,
      word_timestamps: withWords,
    },
    {
      language: (wanted) => taskRefusal(400, `Unsupported language: ${wanted}`),
      unreadable: malformed,
      tooLong,
    },
  );
  const { segments, durationSeconds } = await run();
  reportWork(request, reply, transcriber.name, sha256(audio), {
    'x-compute-audio-length': durationSeconds,
  });
  const text = segments.map((segment) => segment.text).join('');
  if (parameters.return_timestamps === false) return { text };
  const pieces = withWords
    ? segments.flatMap(({ words }) => words.map(({ word, ...times }) => ({ ...times, text: word })))
    : segments;
  const chunks = pieces.map(({ text, start, end }) => ({ text, timestamp: [start, end] }));
  return { text, chunks };
}

function readAudio({ kind, inputs, parameters }: ReturnType<typeof readTaskInput>): Uint8Array {
  if (typeof inputs !== 'string') {
    if (kind === 'audio') return inputs;
    throw malformed();
  }
  if (parameters !== null) return decodeBase64(inputs);
  // The toolkit decodes base64 only if there are `parameters`; without them it opens the text as a file.
  const tooLong = inputs.length > 255;
  throw taskRefusal(
    400,
    tooLong ? '[Errno 36] File name too long' : '[Errno 2] No such file or directory',
  );
}

const malformed = () =>
  taskRefusal(
    400,
    'Soundfile is either not in the correct format or is malformed. Ensure that the soundfile has a valid audio file extension (e.g. wav, flac or mp3) and is not corrupted.',
  );

const tooLong = () =>
  taskRefusal(
    400,
    'You have passed more than 3000 mel input features (> 30 seconds) which automatically enables long-form generation which requires the model to predict timestamp tokens. Please either pass `return_timestamps=True` or make sure to pass no more than 3000 mel input features.',
  );
