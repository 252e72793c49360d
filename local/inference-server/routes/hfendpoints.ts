import type { FastifyInstance } from 'fastify';
import type { Transcriber } from '../models/transcriber.ts';
import { openAiSpeechForm, transcribeForm, type SpeechForm } from '../openai/transcriptions.ts';
import { Refusal, textRefusal } from '../refusal.ts';
import { numberedSegments, spokenText } from '../speech.ts';

/** The Whisper image of Inference Endpoints: it has one model, so no model field, and defaults to English. */
const speechForm: SpeechForm = {
  ...openAiSpeechForm,
  // Every wrong form is a 400 here.
  refuse: (status, message) => textRefusal(status === 415 ? 400 : status, message),
  requireModel: null,
  granularityFields: [],
  defaultLanguage: 'en',
  verboseBody: (transcription) => ({
    text: spokenText(transcription),
    duration: transcription.durationSeconds,
    language: transcription.language,
    segments: numberedSegments(transcription),
  }),
};

export function addHfendpoints(app: FastifyInstance, transcriber: Transcriber): void {
  app.post(
    '/api/v1/audio/transcriptions',
    { config: { role: 'transcribe' } },
    async (request, reply) => {
      try {
        return await transcribeForm(request, reply, transcriber, speechForm);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        console.error(error);
        throw textRefusal(500, 'Internal Server Error');
      }
    },
  );
}
