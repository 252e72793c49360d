import { speakerIdSchema, speakerNameSchema } from '../../workflows/contracts/revision.ts';
import { checkedArgument } from './checked-argument.ts';

/** Gives a speaker a name. Throws `InvalidOptionError`. */
export const renameSpeaker = (speaker: string, name: string) => ({
  kind: 'rename' as const,
  speaker: speakerId(speaker),
  name: checkedArgument(speakerNameSchema, 'the name', name.replaceAll(/\s+/g, ' ')),
});

/** Makes two speakers one: all that the first said was said by the second. Throws `InvalidOptionError`. */
export const joinSpeakers = (speaker: string, into: string) => ({
  kind: 'join' as const,
  speaker: speakerId(speaker),
  into: speakerId(into),
});

/** In capitals, as minutes have it. */
const speakerId = (typed: string): string =>
  checkedArgument(speakerIdSchema, 'the speaker', typed.toUpperCase());
