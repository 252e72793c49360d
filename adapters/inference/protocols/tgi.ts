import { z } from 'zod';
import type { Target } from '../targets/target.ts';
import { holdsError } from '../verdicts/error-message.ts';
import { parseJson, textOf } from '../wire/wire-body.ts';
import type { WireResponse } from '../wire/wire-message.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatPrompt } from './forms/chat-messages.ts';
import { acceptOf, chatRoles } from './forms/chat-roles.ts';
import { postRequest } from './forms/wire-requests.ts';
import { healthQuestion, NOTHING_READ, type ProbeQuestion } from './forms/probe-question.ts';
import { responseFormat } from './forms/response-format.ts';
import { mergeMembers, wireJson } from './forms/wire-json.ts';
import { below, GENERATION, wireParameters } from './forms/wire-parameters.ts';
import { eventsOf, isEventStream } from './reading/event-stream.ts';
import { jsonBody } from './reading/json-body.ts';
import { failedInStream, streamBroke } from './reading/reply-errors.ts';
import { reportedCount, reportedText } from './reading/response-facts.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
  router: null,
  ownRoute: /\/generate(?:_stream)?$/,
  probeQuestion: infoQuestion,
};

const places = below('parameters', {
  ...GENERATION,
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
});

const roles = chatRoles({
  places,
  limit: 'max_new_tokens',
  request: ({ messages, maxTokens, temperature }, schema, target) => {
    const members = mergeMembers(
      {
        parameters: {
          details: true,
          return_full_text: false,
          ...(schema === null ? {} : { grammar: responseFormat('tgi', schema) }),
        },
      },
      wireParameters(target, places, { maxTokens, temperature }),
    );
    const url = `${target.baseUrl}/${target.stream ? 'generate_stream' : 'generate'}`;
    const body = wireJson({ inputs: chatPrompt(messages, target.model), ...members });
    return postRequest(url, body, members, acceptOf(target));
  },
  read: (response, { messages }, target) => {
    const prompt = chatPrompt(messages, target.model);
    const { generated_text: generated, details } = readGenerated(response, target);
    return {
      // Some servers of this route repeat the prompt in spite of `return_full_text: false`.
      text: generated.startsWith(prompt) ? generated.slice(prompt.length) : generated,
      isCutOff: details?.finish_reason === 'length',
      told: { inputTokens: details?.input_length, outputTokens: details?.generated_tokens },
    };
  },
});

/** Text Generation Inference's own route, which applies no chat template. */
export const tgi = { traits, roles } satisfies WireContract;

/** The answer, whole or as a stream. The last event of a stream holds the whole text; without it the connection broke. */
function readGenerated(response: WireResponse, target: Target): Generated {
  if (!isEventStream(response)) return jsonBody(response, answerSchema, target);
  const events = eventsOf(textOf(response.bytes));
  for (const { data } of events) {
    const bytes = Buffer.from(data);
    if (holdsError(bytes)) {
      const event = { bytes, hasBegun: events.length > 1 };
      throw failedInStream(target, response, event, traits);
    }
  }
  const last = generatedSchema.safeParse(parseJson(events.at(-1)?.data ?? ''));
  if (last.success) return last.data;
  throw streamBroke(target, response);
}

type Generated = z.infer<typeof generatedSchema>;

const generatedSchema = z.object({
  generated_text: z.string(),
  details: z
    .object({
      finish_reason: reportedText,
      generated_tokens: reportedCount,
      /** Only in streams; otherwise it is in a header. */
      input_length: reportedCount,
    })
    .nullish()
    .catch(null),
});

/** An object at `/generate`; at the compatible root, a list with one object. */
const answerSchema = z.union([
  generatedSchema,
  z.tuple([generatedSchema]).transform(([one]) => one),
]);

/** TGI reports the size of its context. */
function infoQuestion(target: Target): ProbeQuestion {
  return {
    ...healthQuestion(target),
    path: '/info',
    read: (body) => ({
      ...NOTHING_READ,
      contextTokens: infoSchema.safeParse(body).data?.max_total_tokens ?? null,
    }),
  };
}

const infoSchema = z.object({ max_total_tokens: z.int().positive().nullish().catch(null) });
