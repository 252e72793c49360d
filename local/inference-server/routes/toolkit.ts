import { Refusal, taskRefusal } from '../http/refusal.ts';
import { textReply } from '../http/reply.ts';
import type { ModelAnswer, Route, RouteRequest } from '../http/route.ts';
import { findModel } from '../models/catalogue.ts';
import type { NsfwClassifier } from '../models/nsfw-classifier.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { extractFeatures } from '../tasks/feature-extraction.ts';
import { classifyImage } from '../tasks/image-classification.ts';
import { recognizeSpeech } from '../tasks/speech-recognition.ts';
import { summarize } from '../tasks/summarization.ts';
import { classifyText } from '../tasks/text-classification.ts';
import { drawFromText } from '../tasks/text-to-image.ts';

interface Models {
  readonly transcriber: Transcriber;
  readonly classifier: NsfwClassifier;
}

/** Dedicated servers of the inference toolkit, a model each: `/toolkit/{owner}/{name}` is such a server's root. */
export const toolkit = (models: Models): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/toolkit\/([^/]+\/[^/]+?)(?:\/|\/predict)?$/,
    role: ([name = '']) => findModel(name)?.role ?? 'unserved',
    handle: async (request) => {
      try {
        return await answer(request, models);
      } catch (error) {
        // The toolkit answers 400 for every exception, its own breakdowns included.
        if (error instanceof Refusal) throw error;
        console.error(error);
        throw taskRefusal(400, error instanceof Error ? error.message : 'unknown error');
      }
    },
  },
  {
    kind: 'plain',
    method: 'GET',
    pattern: /^\/toolkit\/([^/]+\/[^/]+?)(?:\/|\/health)?$/,
    handle: ({ path: [name = ''] }) => {
      if (findModel(name) === null) throw taskRefusal(404, 'Not Found');
      return textReply('Ok');
    },
  },
];

async function answer(request: RouteRequest, models: Models): Promise<ModelAnswer> {
  switch (findModel(request.path[0] ?? '')?.task) {
    case 'automatic-speech-recognition':
      // Its pipeline cuts long audio itself, and decodes English by default.
      return recognizeSpeech(request, models.transcriber, {
        limitSeconds: null,
        defaultLanguage: 'en',
      });
    case 'image-classification':
      return classifyImage(request, models.classifier);
    case 'text-to-image':
      return drawFromText(request);
    case 'text-classification':
      return classifyText(request, { nested: false });
    case 'feature-extraction':
      return extractFeatures(request);
    case 'conversational':
      return summarize(request);
    case undefined:
      throw taskRefusal(404, 'Not Found');
  }
}
