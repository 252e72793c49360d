import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { meetingScript } from '../../../local/samples/meeting-script.ts';
import { spokenText } from '../../support/spoken-text.ts';
import { spokenWords } from '../../support/spoken-words.ts';

const RECORDINGS = [
  ['../../../local/samples/script.json', '../../../local/samples/planning-meeting.flac'],
  ['../../fixtures/unseen/script.json', '../../fixtures/unseen/recording.flac'],
] as const;

describe.each(RECORDINGS)('%s', (scriptPath, recordingPath) => {
  const load = () => meetingScript(new URL(scriptPath, import.meta.url));

  test('the script says what the minutes should contain', async () => {
    const script = await load();
    const speakers = script.speakers.map(({ name }) => name);
    for (const { speaker } of script.sentences) expect(speakers).toContain(speaker);
    const said = (kind: string) => script.sentences.filter((sentence) => sentence.kind === kind);
    expect(said('decision')).toHaveLength(script.decisions.length);
    expect(said('action')).toHaveLength(script.actionItems.length);
    expect(said('question').map(({ text }) => text)).toEqual(script.openQuestions);
    for (const [index, { owner, dueText }] of script.actionItems.entries()) {
      expect(said('action')[index]?.text).toMatch(new RegExp(`^${owner} will .* ${dueText}\\.$`));
    }
  });

  test('a due date is the day that the script says', async () => {
    const script = await load();
    const day = new Intl.DateTimeFormat('en-US', {
      weekday: 'long',
      month: 'long',
      day: 'numeric',
      timeZone: 'UTC',
    });
    for (const { due, dueText } of script.actionItems) {
      expect(dueText).toBe(`by ${day.format(new Date(due))}`);
      expect(due > script.date).toBe(true);
    }
  });

  test('the recording is 16 kHz mono FLAC of a length that fits its words', async () => {
    const path = fileURLToPath(new URL(recordingPath, import.meta.url));
    const { format, channels, sampleRate, durationSeconds } = await probeRecording(path);
    expect({ format, channels, sampleRate }).toEqual({
      format: 'flac',
      channels: 1,
      sampleRate: 16_000,
    });
    // Two to four words a second, pauses included.
    const wordsASecond = spokenWords(spokenText(await load())).length / durationSeconds;
    expect(wordsASecond).toBeGreaterThan(2);
    expect(wordsASecond).toBeLessThan(4);
  });
});
