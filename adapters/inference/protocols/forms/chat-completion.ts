import type { Target } from '../../targets/target.ts';
import type { ErrorTraits } from '../../verdicts/verdict.ts';
import { readCompletion } from '../reading/completion.ts';
import { badReply, withheld } from '../reading/reply-errors.ts';
import { foldSystemMessage } from './chat-messages.ts';
import { acceptOf, chatRoles } from './chat-roles.ts';
import { postRequest } from './wire-requests.ts';
import { responseFormat, type Dialect } from './response-format.ts';
import { wireJson } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/** The parameters of OpenAI's published chat completion. */
export const OPENAI_CHAT = {
  temperature: 'temperature',
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  stop: 'stop',
  reasoningEffort: 'reasoning_effort',
  maxTokens: 'max_tokens',
} as const;

/**
 * Parameters beyond the specification that vLLM, SGLang, together and DeepInfra all know by these names. OpenAI and
 * Groq answer 400 to them: configure temperature and topP there instead of a preset.
 */
export const OPEN_CHAT = {
  ...OPENAI_CHAT,
  topK: 'top_k',
  repetitionPenalty: 'repetition_penalty',
} as const;

/** OpenAI's chat completion, which the router and most servers speak. */
export const chatCompletion = ({
  root,
  dialect,
  traits,
  ...places
}: {
  readonly root: (target: Target) => string;
  readonly places: WirePlaces;
  readonly summaryPlaces?: WirePlaces;
  readonly dialect: Dialect;
  readonly traits: ErrorTraits;
}) =>
  chatRoles({
    ...places,
    limit: 'max_tokens',
    request: ({ messages, maxTokens, temperature }, schema, target, ownPlaces) => {
      // All parameters of a chat are members of the root.
      const parameters = {
        stream: target.stream,
        // Without it a stream reports no usage, and the cost stays unknown.
        ...(target.stream ? { stream_options: { include_usage: true } } : {}),
        ...(schema === null
          ? {}
          : { response_format: responseFormat(dialect, schema, target.parameters) }),
        // Always sent: servers default to the model's own generation configuration, and to the whole context.
        // OpenAI's models that reason refuse `max_tokens` and a temperature other than their own.
        ...(target.parameters['tokenLimit'] === 'max_completion_tokens'
          ? wireParameters(
              target,
              { ...ownPlaces, maxTokens: 'max_completion_tokens' },
              { maxTokens },
            )
          : wireParameters(target, ownPlaces, { maxTokens, temperature })),
      };
      // `model` comes first: the router reads it from the first bytes of the body (huggingface.js#2335).
      const body = wireJson({
        model: target.model,
        messages: foldSystemMessage(messages, target.model),
        ...parameters,
      });
      return postRequest(`${root(target)}/chat/completions`, body, parameters, acceptOf(target));
    },
    read: (response, _input, target) => {
      const body = readCompletion(response, target, traits);
      const choice = body.choices[0];
      if (choice === undefined) throw badReply(target, response, 'it holds no choice');
      if (choice.finish_reason === 'content_filter')
        throw withheld(target, response, 'its content filter stopped it');
      const { content, refusal } = choice.message;
      const text = content ?? '';
      if (text.trim() === '' && (refusal ?? '') !== '')
        throw withheld(target, response, 'the model refuses to answer');
      return {
        text,
        isCutOff: choice.finish_reason === 'length',
        told: {
          inputTokens: body.usage?.prompt_tokens,
          outputTokens: body.usage?.completion_tokens,
          requestId: body.x_groq?.id,
          servedModel: body.model,
        },
      };
    },
  });
