import type { ChatMessage } from '../contract.ts';

/**
 * The one text that `/generate` takes, in the form that the model was trained on: no server applies it there. The
 * marks are taken out of what people said, so that nobody ends a message from inside. The tokenizer adds the token
 * that opens a text.
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
  /** Of the model's name on the hub. */
  readonly models: RegExp;
  /** What the model takes for its own. */
  readonly marks: RegExp | null;
  readonly write: (messages: readonly ChatMessage[]) => string;
}

/** From top to bottom: fine-tunes before what they are made of. A name with another in it (`…-Distill-Qwen`) is neither. */
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
    // It knows no system message: that opens the first one of the user. Turns must alternate, so they are one.
    write: (messages) =>
      `[INST] ${inOrder(messages)
        .map(({ content }) => content)
        .join('\n\n')} [/INST]`,
  },
];

/** An unknown model gets no marks, which it would read as words. */
const PLAIN: Template = {
  models: /^/,
  marks: null,
  write: (messages) =>
    `${inOrder(messages)
      .map(({ content }) => content)
      .join('\n\n')}\n\n`,
};

const inOrder = (messages: readonly ChatMessage[]): readonly ChatMessage[] => [
  ...messages.filter(({ role }) => role === 'system'),
  ...messages.filter(({ role }) => role === 'user'),
];
