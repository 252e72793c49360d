import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { jsonReply } from '../http/reply.ts';
import { taskRefusal } from '../http/refusal.ts';
import type { ModelAnswer, RouteRequest } from '../http/route.ts';
import { decodeBase64, readParameters, readTaskInput, type TaskInput } from '../http/task-input.ts';
import { readAccept } from '../http/toolkit-content.ts';
import { readLanguage } from '../models/language-names.ts';
import { AudioTooLong, UnreadableAudio, type Transcriber } from '../models/transcriber.ts';

const generationSchema = z.strictObject({
  language: z.string().nullish(),
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  temperature: z.number().min(0).max(1).default(0),
  num_beams: z.int().min(1).max(10).default(1),
  // Whisper's decoder has 448 positions.
  max_new_tokens: z.int().min(1).max(448).nullish(),
  do_sample: z.literal(false).optional(),
  no_repeat_ngram_size: z.int().min(0).default(0),
});
const parametersSchema = z.strictObject({
  return_timestamps: z.union([z.boolean(), z.literal('word')]).default(false),
  generation_parameters: generationSchema.optional(),
  /** What the toolkit makes of `generation_parameters`; it takes both. */
  generate_kwargs: generationSchema.optional(),
});

export async function recognizeSpeech(
  request: RouteRequest,
  transcriber: Transcriber,
  backend: {
    /** hf-inference fails above 30 seconds (hub-docs issue 1694); null: no limit. */
    readonly limitSeconds: number | null;
    /** The toolkit's pipeline decodes English unless told otherwise; null: detected. */
    readonly defaultLanguage: string | null;
  },
): Promise<ModelAnswer> {
  if (readAccept(request.headers).kind === 'image') {
    throw taskRefusal(400, 'A transcription cannot be encoded as a picture');
  }
  const input = readTaskInput(request);
  const parameters = readParameters(
    parametersSchema,
    input.parameters,
    'AutomaticSpeechRecognitionPipeline',
  );
  const audio = readAudio(input);
  const generation =
    parameters.generation_parameters ?? parameters.generate_kwargs ?? generationSchema.parse({});
  const wanted = generation.language ?? backend.defaultLanguage;
  const language = wanted === null ? null : readLanguage(wanted, transcriber);
  if (wanted !== null && language === null) {
    throw taskRefusal(400, `Unsupported language: ${wanted}`);
  }
  const startMs = performance.now();
  const { segments, durationSeconds } = await transcriber
    .transcribe({
      audio,
      language,
      task: generation.task,
      beams: generation.num_beams,
      temperature: generation.temperature,
      maxNewTokens: generation.max_new_tokens ?? null,
      noRepeatNgramSize: generation.no_repeat_ngram_size,
      prompt: null,
      wordTimes: parameters.return_timestamps === 'word',
      limitSeconds: backend.limitSeconds,
    })
    .catch(refuseAudio);
  const text = segments.map((segment) => segment.text).join('');
  const pieces =
    parameters.return_timestamps === 'word'
      ? segments
          .flatMap(({ words }) => words ?? [])
          .map(({ word, ...times }) => ({ text: word, ...times }))
      : segments;
  const chunks = pieces.map((piece) => ({ text: piece.text, timestamp: [piece.start, piece.end] }));
  return {
    inputDigest: sha256(audio),
    reply: jsonReply(parameters.return_timestamps === false ? { text } : { text, chunks }, {
      'x-sha': transcriber.name,
      'x-compute-type': 'cpu',
      'x-compute-time': ((performance.now() - startMs) / 1000).toFixed(3),
      'x-compute-audio-length': String(durationSeconds),
    }),
  };
}

function readAudio(input: TaskInput): Uint8Array {
  if (typeof input.inputs !== 'string') {
    if (input.kind === 'audio') return input.inputs;
    throw malformed();
  }
  if (input.parameters === null) {
    // The toolkit decodes base64 only beside `parameters`; without them it opens the text as a file.
    const tooLong = input.inputs.length > 255;
    throw taskRefusal(
      400,
      tooLong ? '[Errno 36] File name too long' : '[Errno 2] No such file or directory',
    );
  }
  return decodeBase64(input.inputs);
}

const malformed = () =>
  taskRefusal(
    400,
    'Soundfile is either not in the correct format or is malformed. Ensure that the soundfile has a valid audio file extension (e.g. wav, flac or mp3) and is not corrupted.',
  );

function refuseAudio(error: unknown): never {
  if (error instanceof UnreadableAudio) throw malformed();
  if (!(error instanceof AudioTooLong)) throw error;
  throw taskRefusal(
    400,
    'You have passed more than 3000 mel input features (> 30 seconds) which automatically enables long-form generation which requires the model to predict timestamp tokens. Please either pass `return_timestamps=True` or make sure to pass no more than 3000 mel input features.',
  );
}
