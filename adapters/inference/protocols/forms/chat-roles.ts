import type { Target } from '../../targets/target.ts';
import type { WireRequest, WireResponse } from '../../wire/wire-message.ts';
import type { Inputs, Parsed, RoleContract } from '../contract.ts';
import { badReply, cutOff } from '../reading/reply-errors.ts';
import { replyFacts, type Told } from '../reading/response-facts.ts';
import type { AnswerSchema } from './response-format.ts';
import type { WirePlaces } from './wire-parameters.ts';

interface ChatForm {
  readonly places: WirePlaces;
  /** Default: `places`. */
  readonly summaryPlaces?: WirePlaces | undefined;
  /** The name of the parameter that bounds an answer, for messages. */
  readonly limit: 'max_tokens' | 'max_new_tokens';
  readonly request: (
    input: Inputs['generate'],
    schema: AnswerSchema | null,
    target: Target,
    places: WirePlaces,
  ) => WireRequest;
  readonly read: (
    response: WireResponse,
    input: Inputs['generate'],
    target: Target,
  ) => { readonly text: string; readonly isCutOff: boolean; readonly told: Told };
}

/**
 * The roles of a server that chats. A summary must be complete; a `generate` text may end at its `maxTokens`, which the
 * caller chose.
 */
export function chatRoles({ places, summaryPlaces = places, limit, request, read }: ChatForm): {
  readonly summarize: RoleContract<'summarize', Parsed<'summarize'>>;
  readonly generate: RoleContract<'generate', Parsed<'generate'>>;
} {
  const parse =
    ({ mustBeComplete }: { readonly mustBeComplete: boolean }) =>
    (
      response: WireResponse,
      input: Inputs['generate'],
      target: Target,
    ): Parsed<'summarize'> & Parsed<'generate'> => {
      const { text, isCutOff, told } = read(response, input, target);
      if (text.trim() === '') {
        const why = isCutOff
          ? `the model used up ${limit} before it wrote anything`
          : 'the model wrote nothing';
        throw badReply(target, response, why);
      }
      if (mustBeComplete && isCutOff) throw cutOff(target, response, limit);
      const answer = { text, ...(isCutOff && !mustBeComplete && { isCutOff: true as const }) };
      return { answer, ...replyFacts(response, told) };
    };
  return {
    summarize: {
      places: summaryPlaces,
      buildRequest: (input, target) => request(input, input.schema, target, summaryPlaces),
      parseResponse: parse({ mustBeComplete: true }),
    },
    generate: {
      places,
      // A target of summaries can chat, too, and has the parameters of its own role.
      buildRequest: (input, target) =>
        request(
          input,
          input.schema ?? null,
          target,
          target.role === 'summarize' ? summaryPlaces : places,
        ),
      parseResponse: parse({ mustBeComplete: false }),
    },
  };
}

export const acceptOf = ({ stream }: Target): { readonly accept: string } => ({
  accept: stream ? 'text/event-stream' : 'application/json',
});
