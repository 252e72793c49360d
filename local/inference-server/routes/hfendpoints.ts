import type { FastifyInstance } from 'fastify';
import { hfendpointsSpeech, transcribeForm } from '../openai/transcriptions.ts';
import { Refusal, textRefusal } from '../refusal.ts';
import type { ServerParts } from '../server-parts.ts';

export function addHfendpoints(app: FastifyInstance, { transcriber }: ServerParts): void {
  const dialect: Parameters<typeof transcribeForm>[3] = {
    // Every wrong form is a 400 here.
    refuse: (_status, message) => textRefusal(400, message),
    requireModel: () => undefined,
    speech: hfendpointsSpeech,
  };
  const config = { role: 'transcribe' };
  app.post('/api/v1/audio/transcriptions', { config }, async (request, reply) => {
    try {
      return await transcribeForm(request, reply, transcriber, dialect);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      console.error(error);
      throw textRefusal(500, 'Internal Server Error');
    }
  });
}
