import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Messages } from '../messages/en.ts';

type Speaker = Minutes['speakers'][number];

/** `S2` is "Speaker 2" until somebody names it. */
export const speakerName = ({ id, name }: Pick<Speaker, 'id' | 'name'>, m: Messages): string =>
  name ?? m.speakerNumber(id.replace(/^S/, ''));

/** From the ids of speakers to what they are called. */
export const speakerNames = (minutes: Minutes, m: Messages): ReadonlyMap<string, string> =>
  new Map(minutes.speakers.map((speaker) => [speaker.id, speakerName(speaker, m)]));
