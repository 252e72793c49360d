import { describe, expect, test } from 'vitest';
import { renderExports } from '../../../../activities/minutes/render/render-exports.ts';
import { minutesSchema, type Minutes } from '../../../../workflows/contracts/minutes.ts';
import { transcriptSchema } from '../../../../workflows/contracts/transcript.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

describe('the exports of a job', () => {
  test('are six files, and the picture if there is one', () => {
    expect(names(sampleMinutes, null)).toEqual([
      'minutes.json',
      'minutes.md',
      'minutes.html',
      'transcript.json',
      'transcript.vtt',
      'transcript.srt',
    ]);
    expect(names(safe, PICTURE)).toContain('illustration.png');
  });

  test('show the picture in Markdown as a file and in HTML as data', () => {
    const files = bodies(safe, PICTURE);
    expect(files.get('minutes.md')).toContain('![Illustration](illustration.png)');
    expect(files.get('minutes.html')).toContain('<img src="data:image/png;base64,iVBORw=="');
    const without = bodies(safe, null);
    expect(without.get('minutes.md')).not.toContain('![');
    expect(without.get('minutes.html')).not.toContain('<img');
  });

  test.each(['held', 'blocked'] as const)('refuse a picture that is %s', (verdict) => {
    const withheld: Minutes = { ...safe, image: image(verdict) };
    expect(() => renderExports(withheld, sampleTranscript, { picture: PICTURE })).toThrow(verdict);
    expect(bodies(withheld, null).get('minutes.html')).toMatch(/Illustration (held|blocked)/);
  });

  test('refuse a picture for minutes that have none', () => {
    expect(() => renderExports(sampleMinutes, sampleTranscript, { picture: PICTURE })).toThrow(
      'none',
    );
  });

  test('are the same bytes for the same minutes', () => {
    const twice = [1, 2].map(() => [...bodies(safe, PICTURE)]);
    expect(twice[0]).toEqual(twice[1]);
  });

  test('contain minutes and transcript unchanged', () => {
    const files = bodies(sampleMinutes, null);
    expect(minutesSchema.parse(JSON.parse(files.get('minutes.json') ?? ''))).toEqual(sampleMinutes);
    expect(transcriptSchema.parse(JSON.parse(files.get('transcript.json') ?? ''))).toEqual(
      sampleTranscript,
    );
  });
});

const PICTURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);

const image = (verdict: 'safe' | 'held' | 'blocked'): Minutes['image'] => ({
  key: verdict === 'safe' ? 'published/x.png' : null,
  verdict,
  score: 0.01,
  quality: 0.9,
  watermark: { text: 'generated', metadata: true },
  model: 'procedural-v1',
  prompt: 'a meeting',
});

const safe: Minutes = { ...sampleMinutes, image: image('safe') };

const names = (minutes: Minutes, picture: Uint8Array | null) =>
  renderExports(minutes, sampleTranscript, { picture }).map(({ name }) => name);

const bodies = (minutes: Minutes, picture: Uint8Array | null) =>
  new Map(
    renderExports(minutes, sampleTranscript, { picture }).map(({ name, body }) => [
      name,
      new TextDecoder().decode(body),
    ]),
  );
