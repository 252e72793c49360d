import { expect, test } from 'vitest';
import { sectionMessages } from '../../../activities/summary/prompts.ts';
import { cutTranscript, type Section } from '../../../activities/summary/sections.ts';
import { answerTokens, promptTokens } from '../../../activities/summary/token-budget.ts';
import { parseLines } from '../../../activities/transcript/transcript-line.ts';
import {
  BUNDLED_TOKENIZERS,
  loadBundled,
} from '../../../adapters/inference/tokenizers/bundled-tokenizers.ts';
import {
  generateTranscript,
  TRANSCRIPT_FORMS,
} from '../../support/meetings/generate-transcript.ts';

const counters = await Promise.all(BUNDLED_TOKENIZERS.map(loadBundled));

/** The text that models get of each segment, over all sections. */
const textsOf = (sections: readonly Section[]): Map<string, string> => {
  const texts = new Map<string, string>();
  for (const { id, text } of sections.flatMap((section) => parseLines(section.text))) {
    texts.set(id, (texts.get(id) ?? '') + text);
  }
  return texts;
};

test.each(
  TRANSCRIPT_FORMS.map((form, index) => [form.language, form.length, form.turn, index] as const),
)(
  'a transcript in %s of %i characters in turns of %i is cut whole, and no section is above its limit',
  (language, length, turn, index) => {
    const transcript = generateTranscript({ language, length, turn }, index);
    // Each tokenizer in turn, as the only target of the chain.
    const counter = counters[(index + Math.floor(index / 3)) % counters.length];
    if (counter === undefined) throw new Error('there are bundled tokenizers');
    const { count } = counter;
    const contextTokens = index % 2 === 0 ? 4096 : 8192;
    const sections = cutTranscript(transcript, { contextTokens, count });

    const spoken = transcript.segments.map(({ id, text }) => [id, text]);
    expect([...textsOf(sections)]).toEqual(spoken);
    const characters = transcript.segments.reduce((sum, { text }) => sum + text.length, 0);
    expect(characters).toBeGreaterThanOrEqual(length);
    expect(sections.reduce((sum, section) => sum + section.characters, 0)).toBe(characters);
    for (const { text } of sections) {
      const messages = sectionMessages({ text, language: transcript.language });
      expect(promptTokens(messages, count) + answerTokens(contextTokens)).toBeLessThanOrEqual(
        contextTokens,
      );
    }
  },
  120_000,
);
