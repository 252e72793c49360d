import { taskRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import { findModel } from '../models/catalogue.ts';
import type { NsfwClassifier } from '../models/nsfw-classifier.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { recognizeSpeech } from '../tasks/speech-recognition.ts';
import { classifyImage } from '../tasks/image-classification.ts';
import { drawFromText } from '../tasks/text-to-image.ts';

/** `/hf-inference/models/{model}`: what the body means follows from the model's task. */
export const task = (models: {
  readonly transcriber: Transcriber;
  readonly classifier: NsfwClassifier;
}): Route => ({
  kind: 'model',
  method: 'POST',
  pattern: /^\/hf-inference\/models\/(.+)$/,
  role: ([model = '']) => findModel(model)?.role ?? 'unserved',
  handle: async (request) => {
    const model = findModel(request.path[0] ?? '');
    if (model?.task === 'automatic-speech-recognition') {
      return recognizeSpeech(request, models.transcriber);
    }
    if (model?.task === 'image-classification') return classifyImage(request, models.classifier);
    if (model?.task === 'text-to-image') return drawFromText(request);
    throw taskRefusal(400, 'Model not supported by provider hf-inference');
  },
});
