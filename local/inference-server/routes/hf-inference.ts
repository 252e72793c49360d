import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { modelOf } from '../models/catalogue.ts';
import type { NsfwClassifier } from '../models/nsfw-classifier.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { extractFeatures } from '../tasks/feature-extraction.ts';
import { recognizeSpeech } from '../tasks/speech-recognition.ts';
import { classifyImage } from '../tasks/image-classification.ts';
import { summarize } from '../tasks/summarization.ts';
import { classifyText } from '../tasks/text-classification.ts';
import { drawFromText } from '../tasks/text-to-image.ts';

const roleOf = ([name = '']: readonly string[]): string =>
  modelOf('hf-inference', name)?.role ?? 'unserved';

const notServed = () => taskRefusal(400, 'Model not supported by provider hf-inference');

/** `/hf-inference/models/{model}`: what the body means follows from the model's task. */
export const hfInference = (models: {
  readonly transcriber: Transcriber;
  readonly classifier: NsfwClassifier;
}): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/hf-inference\/models\/(.+)\/pipeline\/feature-extraction$/,
    role: roleOf,
    handle: async (request) => {
      const model = modelOf('hf-inference', request.path[0] ?? '');
      if (model?.task !== 'feature-extraction') throw notServed();
      return extractFeatures(request);
    },
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/hf-inference\/models\/([^/]+(?:\/[^/]+)?)$/,
    role: roleOf,
    handle: async (request) => {
      const { transcriber, classifier } = models;
      switch (modelOf('hf-inference', request.path[0] ?? '')?.task) {
        case 'automatic-speech-recognition':
          return recognizeSpeech(request, transcriber, { limitSeconds: 30, defaultLanguage: null });
        case 'image-classification':
          return classifyImage(request, classifier);
        case 'text-to-image':
          return drawFromText(request);
        case 'text-classification':
          return classifyText(request, { nested: true });
        case 'feature-extraction':
          return extractFeatures(request);
        case 'conversational':
          return summarize(request);
        case undefined:
          throw notServed();
      }
    },
  },
];
