import { describe, expect, test } from 'vitest';
import {
  EXPORT_FORMATS,
  renderExports,
  type ExportFormat,
} from '../../../../activities/minutes/render/render-exports.ts';
import { minutesSchema, type Minutes } from '../../../../workflows/contracts/minutes.ts';
import { transcriptSchema } from '../../../../workflows/contracts/transcript.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

describe('the exports of a job', () => {
  test('are eight files, and the picture if there is one', async () => {
    const { exports } = await render(sampleMinutes, null, EXPORT_FORMATS);
    expect(exports.map(({ name }) => name)).toEqual([
      'transcript.json',
      'transcript.vtt',
      'transcript.srt',
      'minutes.json',
      'minutes.md',
      'minutes.html',
      'minutes.docx',
      'minutes.pdf',
    ]);
    const starts = exports.slice(-2).map(({ body }) => new TextDecoder().decode(body.slice(0, 4)));
    expect(starts).toEqual(['PK\u0003\u0004', '%PDF']);
    expect(await names(safe, PICTURE)).toContain('illustration.png');
  });

  test('show the picture in Markdown as a file and in HTML as data', async () => {
    const files = await bodies(safe, PICTURE);
    expect(files.get('minutes.md')).toContain('![Illustration](illustration.png)');
    expect(files.get('minutes.html')).toContain('<img src="data:image/png;base64,iVBORw=="');
    const without = await bodies(safe, null);
    expect(without.get('minutes.md')).not.toContain('![');
    expect(without.get('minutes.html')).not.toContain('<img');
  });

  test.each(['held', 'blocked'] as const)('refuse a picture that is %s', async (verdict) => {
    const withheld: Minutes = { ...safe, image: image(verdict) };
    await expect(bodies(withheld, PICTURE)).rejects.toThrow(verdict);
    expect((await bodies(withheld, null)).get('minutes.html')).toMatch(
      /Illustration (held|blocked)/,
    );
  });

  test('refuse a picture for minutes that have none', async () => {
    await expect(bodies(sampleMinutes, PICTURE)).rejects.toThrow('none');
  });

  test('are the same bytes for the same minutes', async () => {
    const twice = [[...(await bodies(safe, PICTURE))], [...(await bodies(safe, PICTURE))]];
    expect(twice[0]).toEqual(twice[1]);
  });

  test.each(LIGHT.map(({ name }) => name))(
    'without %s, which cannot be rendered, are the others, and they say so',
    async (broken) => {
      const formats = LIGHT.map((format) =>
        format.name === broken ? { ...format, render: fail } : format,
      );
      const { minutes } = await render(sampleMinutes, null, formats);
      expect(minutes.degradations.at(-1)).toEqual({
        stage: 'render',
        role: broken,
        level: 'missing',
        target: null,
        spans: [],
        reason: 'TypeError',
      });
      const files = await bodies(sampleMinutes, null, formats);
      expect([...files.keys()]).toEqual(
        (await names(sampleMinutes, null)).filter((name) => name !== broken),
      );
      const words = `${broken}: it could not be made (an error in the program)`;
      for (const name of ['minutes.md', 'minutes.html'].filter((other) => other !== broken)) {
        expect(files.get(name)).toContain(words);
      }
    },
  );

  test('are those that are left when a format fails only once it says what is missing', async () => {
    const formats = LIGHT.map((format): ExportFormat => {
      if (format.name === 'transcript.srt') return { ...format, render: fail };
      if (format.name !== 'minutes.html') return format;
      return { ...format, render: (of) => (of.minutes.degradations.length > 0 ? fail() : 'fine') };
    });
    const files = await bodies(sampleMinutes, null, formats);
    expect([...files.keys()]).toEqual([
      'transcript.json',
      'transcript.vtt',
      'minutes.json',
      'minutes.md',
    ]);
    expect(files.get('minutes.md')).toContain('transcript.srt: it could not be made');
    expect(files.get('minutes.md')).toContain('minutes.html: it could not be made');
  });

  test('are without the documents for the office where their process fails, and say so', async () => {
    const files = await bodies(safe, PICTURE, EXPORT_FORMATS);
    expect([...files.keys()]).toEqual(await names(safe, PICTURE));
    expect(files.get('minutes.md')).toContain('minutes.docx: it could not be made');
    expect(files.get('minutes.md')).toContain('minutes.pdf: it could not be made');
  });

  test('are not made after the signal', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    const made = renderExports(() => sampleMinutes, sampleTranscript, { picture: null, signal });
    await expect(made).rejects.toThrow('cancelled');
  });

  test('contain minutes and transcript unchanged', async () => {
    const files = await bodies(sampleMinutes, null);
    expect(minutesSchema.parse(JSON.parse(files.get('minutes.json') ?? ''))).toEqual(sampleMinutes);
    expect(transcriptSchema.parse(JSON.parse(files.get('transcript.json') ?? ''))).toEqual(
      sampleTranscript,
    );
  });
});

const fail = (): string => {
  throw new TypeError('undefined is not a function');
};

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

/** All but those for the office, which take a second. */
const LIGHT = EXPORT_FORMATS.filter(({ name }) => !/\.(?:docx|pdf)$/.test(name));

const render = (
  minutes: Minutes,
  picture: Uint8Array | null,
  formats: readonly ExportFormat[] = LIGHT,
) =>
  renderExports(
    (missing) => ({ ...minutes, degradations: [...minutes.degradations, ...missing] }),
    sampleTranscript,
    { picture, formats },
  );

const names = async (minutes: Minutes, picture: Uint8Array | null) =>
  (await render(minutes, picture)).exports.map(({ name }) => name);

const bodies = async (
  minutes: Minutes,
  picture: Uint8Array | null,
  formats?: readonly ExportFormat[],
) => {
  const { exports } = await render(minutes, picture, formats);
  return new Map(exports.map(({ name, body }) => [name, new TextDecoder().decode(body)]));
};
