import { z } from 'zod';
import type { Target } from '../targets/target.ts';
import { holdsError } from '../verdicts/error-message.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { WireRequest, WireResponse } from '../wire/wire-message.ts';
import type { ContractTraits, Inputs, Parsed, WireContract } from './contract.ts';
import { chatPrompt } from './forms/chat-messages.ts';
import { NOTHING_READ, type ProbeQuestion } from './forms/probe-question.ts';
import { responseFormat, type AnswerSchema } from './forms/response-format.ts';
import { mergeMembers, wireJson } from './forms/wire-json.ts';
import { below, GENERATION, wireParameters } from './forms/wire-parameters.ts';
import { eventsOf, isEventStream } from './reading/event-stream.ts';
import { jsonBody } from './reading/json-body.ts';
import { badReply, cutOff, failedInStream, streamBroke } from './reading/reply-errors.ts';
import { responseFacts, usageOf } from './reading/response-facts.ts';

const traits: ContractTraits = {
  router: null,
  ownRoute: /\/generate(?:_stream)?$/,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: infoQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const places = below('parameters', {
  ...GENERATION,
  frequencyPenalty: 'frequency_penalty',
  seed: 'seed',
  stop: 'stop',
});

/** Text Generation Inference's own route, which applies no chat template. */
export const tgi = {
  traits,
  roles: {
    summarize: {
      places,
      buildRequest: (input, target) => request(input, input.schema, target),
      parseResponse: (response, input, target) => {
        const generated = readGenerated(response, target);
        const parsed = read(generated, response, input, target);
        if (isCutOff(generated)) throw cutOff(target, response, 'max_new_tokens');
        return parsed;
      },
    },
    generate: {
      places,
      buildRequest: (input, target) => request(input, null, target),
      parseResponse: (response, input, target) =>
        read(readGenerated(response, target), response, input, target),
    },
  },
} satisfies WireContract;

function request(
  { messages, maxTokens, temperature }: Inputs['generate'],
  schema: AnswerSchema | null,
  target: Target,
): WireRequest {
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
  return {
    method: 'POST',
    url: `${target.baseUrl}/${target.stream ? 'generate_stream' : 'generate'}`,
    headers: {
      'content-type': 'application/json',
      accept: target.stream ? 'text/event-stream' : 'application/json',
    },
    body: wireJson({ inputs: chatPrompt(messages, target.model), ...members }),
    parameters: members,
  };
}

function read(
  generated: Generated,
  response: WireResponse,
  { messages }: Inputs['generate'],
  target: Target,
): Parsed<'summarize'> & Parsed<'generate'> {
  const prompt = chatPrompt(messages, target.model);
  const { generated_text: generatedText, details } = generated;
  // Some servers of this route repeat the prompt in spite of `return_full_text: false`.
  const text = generatedText.startsWith(prompt)
    ? generatedText.slice(prompt.length)
    : generatedText;
  if (text.trim() === '') {
    const why = isCutOff(generated)
      ? 'the model used up max_new_tokens before it wrote anything'
      : 'the model wrote nothing';
    throw badReply(target, response, why);
  }
  return {
    answer: { text },
    usage: usageOf(response, {
      inputTokens: details?.input_length ?? null,
      outputTokens: details?.generated_tokens ?? null,
    }),
    ...responseFacts(response),
    servedModel: null,
  };
}

const isCutOff = ({ details }: Generated): boolean => details?.finish_reason === 'length';

/** The answer, whole or as a stream. The last event of a stream holds the whole text; without it the connection broke. */
function readGenerated(response: WireResponse, target: Target): Generated {
  if (!isEventStream(response)) return jsonBody(response, answerSchema, target);
  const events = eventsOf(response);
  for (const { data } of events) {
    const bytes = Buffer.from(data);
    if (holdsError(bytes)) {
      const event = { bytes, hasBegun: events.length > 1 };
      throw failedInStream(target, response, event, traits);
    }
  }
  const last = lastEventSchema.safeParse(events.at(-1)?.data);
  if (last.success) return last.data;
  throw streamBroke(target, response);
}

type Generated = z.infer<typeof generatedSchema>;

const count = z.int().nonnegative().nullish().catch(null);

const generatedSchema = z.object({
  generated_text: z.string(),
  details: z
    .object({
      finish_reason: z.string().nullish().catch(null),
      generated_tokens: count,
      /** Only in streams; otherwise it is in a header. */
      input_length: count,
    })
    .nullish()
    .catch(null),
});

/** An object at `/generate`; at the compatible root, a list with one object. */
const answerSchema = z.union([
  generatedSchema,
  z.tuple([generatedSchema]).transform(([one]) => one),
]);

const lastEventSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(generatedSchema);

/** TGI reports the size of its context. */
function infoQuestion({ baseUrl }: Target): ProbeQuestion {
  return {
    baseUrl,
    path: '/info',
    sound: [],
    remark: true,
    read: (body) => ({
      ...NOTHING_READ,
      contextTokens: infoSchema.safeParse(body).data?.max_total_tokens ?? null,
    }),
  };
}

const infoSchema = z.object({ max_total_tokens: z.int().positive().nullish().catch(null) });
