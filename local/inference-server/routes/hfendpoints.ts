import { Refusal, textRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { transcribeForm } from '../tasks/transcription-form.ts';
import { numberedSegments, spokenText } from '../tasks/verbose-transcription.ts';

/** The Whisper image of Inference Endpoints: one model, so none is named; English unless told otherwise. */
export const hfendpoints = (transcriber: Transcriber): Route => ({
  kind: 'model',
  method: 'POST',
  pattern: /^\/hfendpoints\/api\/v1\/audio\/transcriptions$/,
  role: () => 'transcribe',
  handle: (request) =>
    transcribeForm(request, transcriber, {
      // Whatever is wrong with a form is a 400 here.
      refuse: (status, message) => textRefusal(status === 415 ? 400 : status, message),
      checkModel: null,
      formats: ['json', 'text', 'verbose_json'],
      granularityFields: [],
      defaultLanguage: 'en',
      takesAddress: false,
      verboseBody: (transcription) => ({
        text: spokenText(transcription),
        duration: transcription.durationSeconds,
        language: transcription.language,
        segments: numberedSegments(transcription),
      }),
      headers: {},
    }).catch((error: unknown) => {
      if (error instanceof Refusal) throw error;
      console.error(error);
      throw textRefusal(500, 'Internal Server Error');
    }),
});
