import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findModel, modelOf, type Task } from '../models/catalogue.ts';
import type { NsfwClassifier } from '../models/nsfw-classifier.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { nameInPath } from '../read-request.ts';
import { Refusal, taskRefusal } from '../refusal.ts';
import { classifyImage, drawFromText } from './picture-tasks.ts';
import { recognizeSpeech } from './speech-recognition.ts';
import { classifyText, extractFeatures, summarize } from './text-tasks.ts';

interface Models {
  readonly transcriber: Transcriber;
  readonly classifier: NsfwClassifier;
}

/** hf-inference fails above 30 seconds (hub-docs issue 1694), and detects the language. */
const HF_INFERENCE = { limitSeconds: 30, defaultLanguage: null, nested: true };
/** The toolkit's pipeline cuts long audio itself, and decodes English by default. */
const TOOLKIT = { limitSeconds: null, defaultLanguage: 'en', nested: false };

/** The model's task decides what the body means. */
function runTask(
  task: Task,
  request: FastifyRequest,
  reply: FastifyReply,
  { transcriber, classifier }: Models,
  server: typeof HF_INFERENCE | typeof TOOLKIT,
): unknown {
  switch (task) {
    case 'automatic-speech-recognition':
      return recognizeSpeech(request, reply, transcriber, server);
    case 'image-classification':
      return classifyImage(request, reply, classifier);
    case 'text-to-image':
      return drawFromText(request, reply);
    case 'text-classification':
      return classifyText(request, reply, server);
    case 'feature-extraction':
      return extractFeatures(request, reply);
    case 'conversational':
      return summarize(request, reply);
  }
}

/** `/hf-inference/models/{model}` and its feature extraction below `/pipeline`. */
export function addHfInference(app: FastifyInstance, models: Models): void {
  const modelIn = (request: FastifyRequest) => modelOf('hf-inference', nameInPath(request));
  const role = (request: FastifyRequest) => modelIn(request)?.role ?? 'unserved';
  const add = (path: string, only: Task | null) =>
    app.post(`/hf-inference/models${path}`, { config: { role } }, (request, reply) => {
      const task = modelIn(request)?.task;
      if (task === undefined || (only !== null && task !== only)) {
        throw taskRefusal(400, 'Model not supported by provider hf-inference');
      }
      return runTask(task, request, reply, models, HF_INFERENCE);
    });
  for (const path of ['/:owner/:name', '/:name']) {
    add(path, null);
    add(`${path}/pipeline/feature-extraction`, 'feature-extraction');
  }
}

/** A dedicated server of the inference toolkit below the app's prefix: it has one model. */
export function addToolkit(
  app: FastifyInstance,
  models: Models,
  nameOf: (request: FastifyRequest) => string,
): void {
  const role = (request: FastifyRequest) => findModel(nameOf(request))?.role ?? 'unserved';
  for (const path of ['/', '/predict']) {
    app.post(path, { config: { role } }, async (request, reply) => {
      const model = findModel(nameOf(request));
      if (model === null) throw taskRefusal(404, 'Not Found');
      try {
        return await runTask(model.task, request, reply, models, TOOLKIT);
      } catch (error) {
        // The toolkit answers 400 to every exception, its own failures included.
        if (error instanceof Refusal) throw error;
        console.error(error);
        throw taskRefusal(400, error instanceof Error ? error.message : 'unknown error');
      }
    });
  }
  for (const path of ['/', '/health']) {
    app.get(path, (request) => {
      if (findModel(nameOf(request)) === null) throw taskRefusal(404, 'Not Found');
      return 'Ok';
    });
  }
}
