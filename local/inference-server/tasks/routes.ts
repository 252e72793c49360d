import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findModel, modelOf, roleFor, type Task } from '../models/catalogue.ts';
import { completeChat, hfInferenceResponseFormat } from '../openai/chat.ts';
import { completePlainText } from '../openai/completions.ts';
import type { OpenAiDialect } from '../openai/dialect.ts';
import { nameInPath } from '../read-request.ts';
import { notServedBy, openAiRefusal, Refusal, taskRefusal } from '../refusal.ts';
import { generateText, refuseTgiShape } from '../routes/tgi.ts';
import type { ServerParts } from '../server-parts.ts';
import { classifyImage, drawFromText } from './picture-tasks.ts';
import { recognizeSpeech } from './speech-recognition.ts';
import { diarizeSpeakers } from './speaker-diarization.ts';
import { classifyText, extractFeatures, summarize } from './text-tasks.ts';
import { readAccept } from './toolkit-request.ts';

/** hf-inference fails above 30 seconds (hub-docs issue 1694), and detects the language. */
const HF_INFERENCE = {
  limitSeconds: 30,
  defaultLanguage: null,
  nested: true,
  needsType: false,
  pictures: { type: 'image/jpeg', format: 'jpeg' },
} as const;
/** The toolkit's pipeline cuts long audio itself, and decodes English by default. */
const TOOLKIT = {
  limitSeconds: null,
  defaultLanguage: 'en',
  nested: false,
  needsType: true,
  pictures: 'json',
} as const;

const TASKS = {
  'automatic-speech-recognition': recognizeSpeech,
  'speaker-diarization': diarizeSpeakers,
  'image-classification': classifyImage,
  'text-to-image': drawFromText,
  'text-classification': classifyText,
  'feature-extraction': extractFeatures,
  conversational: summarize,
  summarization: summarize,
  'text-generation': generateText,
};

/** The model's task decides what the body means. */
function runTask(
  task: Task,
  request: FastifyRequest,
  reply: FastifyReply,
  facts: ServerParts & (typeof HF_INFERENCE | typeof TOOLKIT),
): unknown {
  if (task !== 'text-to-image' && typeof readAccept(request) !== 'string') {
    throw taskRefusal(400, `${task}: the answer cannot be encoded as a picture`);
  }
  return TASKS[task](request, reply, facts);
}

/** `/hf-inference/models/{model}`, its feature extraction below `/pipeline`, chats and completions below `/v1`. */
export function addHfInference(app: FastifyInstance, parts: ServerParts): void {
  const modelIn = (request: FastifyRequest) => modelOf('hf-inference', nameInPath(request));
  const role = (request: FastifyRequest) => roleFor(modelIn(request));
  const add = (path: string, only: Task | null) =>
    app.post(`/hf-inference/models${path}`, { config: { role } }, (request, reply) => {
      const task = modelIn(request)?.task;
      if (task === undefined || (only !== null && task !== only)) {
        throw notServedBy('hf-inference');
      }
      return runTask(task, request, reply, { ...parts, ...HF_INFERENCE });
    });
  for (const path of ['/:owner/:name', '/:name']) {
    add(path, null);
    add(`${path}/pipeline/feature-extraction`, 'feature-extraction');
    const below = `/hf-inference/models${path}/v1`;
    app.post(`${below}/chat/completions`, { config: { role } }, (request, reply) =>
      completeChat(request, reply, hfInferenceDialect(nameInPath(request))),
    );
    app.post(`${below}/completions`, { config: { role } }, (request) =>
      completePlainText(request, hfInferenceDialect(nameInPath(request))),
    );
  }
}

/** The path names the model; what the body says is not read. Text Generation Inference answers. */
const hfInferenceDialect = (
  name: string,
): Pick<OpenAiDialect, 'refuse' | 'refuseShape' | 'requireModel' | 'responseFormat'> => ({
  refuse: openAiRefusal,
  refuseShape: refuseTgiShape,
  requireModel: (_model, task) => {
    if (modelOf('hf-inference', name)?.task !== task) throw notServedBy('hf-inference');
  },
  responseFormat: hfInferenceResponseFormat,
});

/** A dedicated server of the inference toolkit below the app's prefix: it has one model. */
export function addToolkit(
  app: FastifyInstance,
  parts: ServerParts,
  nameOf: (request: FastifyRequest) => string,
): void {
  const role = (request: FastifyRequest) => roleFor(findModel(nameOf(request)));
  for (const path of ['/', '/predict']) {
    app.post(path, { config: { role } }, async (request, reply) => {
      const model = findModel(nameOf(request));
      if (model === null) throw taskRefusal(404, 'Not Found');
      try {
        return await runTask(model.task, request, reply, { ...parts, ...TOOLKIT });
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
