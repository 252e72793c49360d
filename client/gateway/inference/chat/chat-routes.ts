import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { GatewayApp, GatewayContext } from '../../gateway-app.ts';
import { answerHeaders } from '../answer-headers.ts';
import { answerRequest } from '../answer-request.ts';
import { chatAnswerSchema, toCompletion } from './chat-answer.ts';
import { chatQuestion, chatRequestSchema, chatTargets } from './chat-request.ts';
import { chatEvents, liveChat } from './chat-stream.ts';
import { mayBeKept } from '../cache-control.ts';
import { findTargets } from '../find-targets.ts';
import { toOpenAiError } from '../to-open-ai-error.ts';

/** `POST /v1/chat/completions`, whole or as a stream. */
export function addChatRoutes(app: GatewayApp, { services }: GatewayContext): void {
  app.post('/chat/completions', {
    config: { action: 'inference:use' },
    handlerTimeout: LONGEST_MS,
    schema: {
      operationId: 'createChatCompletion',
      summary: 'Ask a model of the roles summarize and generate',
      description:
        "Takes texts only: tools, pictures and several choices are refused. Without max_tokens the answer has half of the model's context, at most 4,096 tokens.",
      tags: ['inference'],
      body: chatRequestSchema,
      response: {
        200: {
          description: 'The answer, or with `stream` its pieces as server-sent events',
          content: {
            'application/json': { schema: chatAnswerSchema },
            'text/event-stream': { schema: z.string() },
          },
        },
      },
    },
    handler: async (request, reply) => {
      const { body, principal, headers } = request;
      const { layer } = await services.inference();
      const targets = chatTargets(body, findTargets(layer.inference, body.model, CHAT_ROLES));
      const question = chatQuestion(body, targets);
      const asked = { asker: principal, targets, mayBeKept: mayBeKept(headers) };
      const accept = async (answer: unknown) => answer;
      if (body.stream !== true) {
        const answered = await answerRequest(services, {
          ...asked,
          question: { ...question, accept },
        });
        return reply.headers(answerHeaders(answered)).send(toCompletion(answered));
      }
      let speaker: string | null = null;
      const chat = liveChat((tell) =>
        answerRequest(services, {
          ...asked,
          question: {
            ...question,
            accept,
            onText: ({ name }, text) => {
              speaker = name;
              tell(text);
            },
          },
        }),
      );
      // Whoever asked may have gone: the answer is kept all the same.
      chat.answering.catch((error: unknown) => {
        if (toOpenAiError(error).status >= 500)
          request.log.warn({ error }, 'a streamed call failed');
      });
      await chat.begun;
      const events = chatEvents(chat, {
        id: `chatcmpl-${request.id}`,
        model: body.model,
        withUsage: body.stream_options?.include_usage === true,
        toError: toOpenAiError,
      });
      const told =
        speaker === null
          ? answerHeaders(await chat.answering)
          : {
              'hansard-target': speaker,
              'hansard-cache': 'miss',
              ...(speaker !== targets[0].name && { 'hansard-degraded': 'fallback' }),
            };
      return sendEvents(reply.headers(told), Readable.from(events, { objectMode: false }));
    },
  });
}

const sendEvents = (reply: FastifyReply, stream: Readable): FastifyReply =>
  reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    // Proxies that collect what they pass on would hold events back.
    .header('x-accel-buffering', 'no')
    .send(stream);

const CHAT_ROLES = ['generate', 'summarize'] as const;

/** Two targets that take their time; the official clients wait for ten minutes. */
const LONGEST_MS = 300_000;
