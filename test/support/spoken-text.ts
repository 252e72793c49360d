import type { MeetingScript } from '../../local/samples/meeting-script.ts';

/** The words of a script in the order in which they are spoken. */
export const spokenText = (script: MeetingScript): string =>
  script.sentences.map(({ text }) => text).join(' ');
