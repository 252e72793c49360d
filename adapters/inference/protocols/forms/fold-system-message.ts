import type { ChatMessage } from '../contract.ts';

/**
 * Models whose own chat template knows user and assistant only, in turns, and raises an exception at anything else
 * (tokenizer_config.json of those repositories); in lower case. What the system message says then opens the first user message.
 */
const WITHOUT_SYSTEM_ROLE: readonly string[] = [
  'mistralai/mixtral-8x7b-instruct-v0.1',
  'mistralai/mistral-7b-instruct-v0.1',
  'mistralai/mistral-7b-instruct-v0.2',
];

/** The messages as the model takes them. `model` may have the suffix of a provider or a policy. */
export function foldSystemMessage(
  messages: readonly ChatMessage[],
  model: string,
): readonly ChatMessage[] {
  const name = (model.split(':')[0] ?? model).toLowerCase();
  if (!WITHOUT_SYSTEM_ROLE.includes(name)) return messages;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  if (system.length === 0) return messages;
  const [first, ...rest] = messages.filter(({ role }) => role === 'user');
  const opening = first === undefined ? system : [...system, first.content];
  return [{ role: 'user', content: opening.join('\n\n') }, ...rest];
}
