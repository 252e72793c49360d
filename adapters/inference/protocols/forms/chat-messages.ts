import type { ChatMessage } from '../contract.ts';
import { splitModelSuffix } from '../../targets/target.ts';

/**
 * Models whose chat template accepts only alternating user and assistant messages and raises an exception at anything
 * else (tokenizer_config.json of those repositories); in lower case.
 */
const WITHOUT_SYSTEM_ROLE: readonly string[] = [
  'mistralai/mixtral-8x7b-instruct-v0.1',
  'mistralai/mistral-7b-instruct-v0.1',
  'mistralai/mistral-7b-instruct-v0.2',
];

/** Puts the system message in front of the first user message, for models without a system role. */
export function foldSystemMessage(
  messages: readonly ChatMessage[],
  model: string,
): readonly ChatMessage[] {
  if (!WITHOUT_SYSTEM_ROLE.includes(splitModelSuffix(model).name.toLowerCase())) return messages;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  if (system.length === 0) return messages;
  const [first, ...rest] = messages.filter(({ role }) => role !== 'system');
  const opening = first === undefined ? system : [...system, first.content];
  return [{ role: 'user', content: opening.join('\n\n') }, ...rest];
}

/**
 * The messages as the single text that TGI's `/generate` takes, in the model's own chat format, which that route does
 * not apply. Control marks are removed from the messages so that their text cannot end a message. The tokenizer adds
 * the token that starts a text.
 */
export function chatPrompt(messages: readonly ChatMessage[], model: string): string {
  const { marks, write } = TEMPLATES.find(({ models }) => models.test(model)) ?? PLAIN;
  return write(
    messages.map(({ role, content }) => ({
      role,
      content: (marks === null ? content : content.replaceAll(marks, ' ')).trim(),
    })),
  );
}

interface Template {
  /** Matches the model's name on the hub. */
  readonly models: RegExp;
  /** Control marks of the model. */
  readonly marks: RegExp | null;
  readonly write: (messages: readonly ChatMessage[]) => string;
}

/**
 * The first match is used: fine-tunes come before their base models. A name that contains another one
 * (`…-Distill-Qwen`) matches neither.
 */
const TEMPLATES: readonly Template[] = [
  {
    models: /hermes|dolphin|chatml|^(?:[\w.-]+\/)?(?:qwen|qwq|smollm)/i,
    marks: /<\|im_(?:start|end)\|>|<\|endoftext\|>/g,
    write: (messages) =>
      `${messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('')}<|im_start|>assistant\n`,
  },
  {
    models: /^(?:[\w.-]+\/)?(?:meta-)?llama-?3/i,
    marks: /<\|(?:begin_of_text|end_of_text|start_header_id|end_header_id|eot_id|eom_id)\|>/g,
    write: (messages) =>
      `${messages.map(({ role, content }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${content}<|eot_id|>`).join('')}<|start_header_id|>assistant<|end_header_id|>\n\n`,
  },
  {
    models: /^(?:[\w.-]+\/)?(?:mistral|mixtral|ministral)/i,
    marks: /<\/?s>|\[\/?INST\]/g,
    // No system role: the system message opens the user message. All turns become one, because turns must alternate.
    write: (messages) => `[INST] ${contentsOf(messages)} [/INST]`,
  },
];

/** Unknown models get no control marks: they would read them as words. */
const PLAIN: Template = {
  models: /^/,
  marks: null,
  write: (messages) => `${contentsOf(messages)}\n\n`,
};

const contentsOf = (messages: readonly ChatMessage[]): string =>
  [
    ...messages.filter(({ role }) => role === 'system'),
    ...messages.filter(({ role }) => role !== 'system'),
  ]
    .map(({ content }) => content)
    .join('\n\n');
