import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printableLine } from '../../../../activities/minutes/render/printable.ts';
import { renderSrt, renderVtt, toCues } from '../../../../activities/minutes/render/subtitles.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';
import { sampleTranscript } from './sample-minutes.ts';

describe('WebVTT', () => {
  test('has a cue a segment', () => {
    expect(renderVtt(sampleTranscript)).toBe(`WEBVTT

s1
00:00:00.200 --> 00:00:03.100
Good morning, let us plan the release.

s2
00:00:03.100 --> 00:00:09.800
We decided to ship on the first of March,
and Anna will write the notes.

s3
00:01:01.000 --> 00:01:04.250
Who tests the installer?
`);
  });

  test('escapes what would be markup or a line of times, and names voices', () => {
    const vtt = renderVtt(of({ text: 'a --> b & <i>c</i>', speaker: 'S<1>' }));
    expect(vtt).toContain('<v S&lt;1&gt;>a --&gt; b &amp; &lt;i&gt;c&lt;/i&gt;\n');
  });

  test('marks what may be invented, and says what the mark means', () => {
    const vtt = renderVtt(of({ mayBeInvented: true }));
    expect(vtt).toContain('\n\nNOTE [?] marks words that may be invented.\n\n');
    expect(vtt).toContain('\n[?] words');
    expect(renderSrt(of({ mayBeInvented: true }))).toContain('\n[?] words');
  });

  test('lets no name make a line of times', () => {
    expect(renderVtt(of({ speaker: 'Ann --' }))).toContain('<v Ann -- >words');
  });

  test('says where times are estimated', () => {
    expect(renderVtt(of({ start: null, end: null }))).toContain(
      '\n\nNOTE Some times are estimated',
    );
    expect(renderVtt(sampleTranscript)).not.toContain('NOTE');
  });
});

describe('SubRip', () => {
  test('numbers its cues and separates milliseconds by a comma', () => {
    expect(renderSrt(sampleTranscript)).toContain(
      '\n3\n00:01:01,000 --> 00:01:04,250\nWho tests the installer?\n',
    );
  });

  test('leaves nothing that a player takes for times, a tag or a command', () => {
    expect(renderSrt(of({ text: 'a --> b <b>c</b> {\\an8}' }))).toBe(
      '1\n00:00:01,000 --> 00:00:03,000\na --› b ‹b›c‹/b› ｛⧵an8｝\n',
    );
  });
});

describe('cues', () => {
  test('without times share the time between their neighbours', () => {
    const cues = toCues({
      ...sampleTranscript,
      segments: [
        { ...base, id: 's1', start: 0, end: 4 },
        { ...base, id: 's2', start: null, end: null, text: 'aaaa' },
        { ...base, id: 's3', start: null, end: null, text: 'bbbb' },
        { ...base, id: 's4', start: 8, end: 9 },
      ],
    });
    expect(cues.map(({ id, startMs, endMs }) => [id, startMs, endMs])).toEqual([
      ['s1', 0, 4000],
      ['s2', 4000, 6000],
      ['s3', 6000, 8000],
      ['s4', 8000, 9000],
    ]);
  });

  test('of Chinese break at 21 characters a line', () => {
    const cues = toCues(
      of({ text: '我们今天讨论发布计划并且决定三月一日上线。'.repeat(5), language: 'zh' }),
    );
    expect(cues.length).toBeGreaterThan(1);
    for (const { lines } of cues) {
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(22);
    }
  });

  test('lose no text, go forwards in time and are at most two lines, whatever the transcript', () => {
    const time = fc.option(fc.double({ min: 0, max: 90_000, noNaN: true }), { nil: null });
    const segments = fc.array(
      fc.record({
        start: time,
        end: time,
        speaker: fc.option(fc.oneof(fc.string(), fc.constantFrom('-', '--', '-->')), { nil: null }),
        language: fc.constantFrom(null, 'en', 'zh', 'not a language'),
        text: fc.oneof(
          fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }),
          fc.lorem({ maxCount: 60 }),
          fc.constantFrom('-->', '\n\n1\n00:00:00.000 --> 00:00:01.000\nx', '中文'.repeat(40)),
        ),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        segments,
        fc.double({ min: 0, max: 90_000, noNaN: true }),
        (drawn, durationSeconds) => {
          const transcript: Transcript = {
            schemaVersion: 1,
            language: null,
            durationSeconds,
            segments: drawn.map((segment, index) => ({ ...segment, id: `s${index + 1}` })),
          };
          const cues = toCues(transcript);
          expect(bare(cues.flatMap(({ lines }) => lines).join(''))).toBe(
            bare(drawn.map(({ text }) => printableLine(text)).join('')),
          );
          cues.forEach(({ startMs, endMs, lines }, index) => {
            expect(endMs).toBeGreaterThan(startMs);
            expect(startMs).toBeGreaterThanOrEqual(cues[index - 1]?.startMs ?? 0);
            expect(lines.length).toBeLessThanOrEqual(2);
          });
          for (const rendered of [renderVtt(transcript), renderSrt(transcript)]) {
            expect(rendered.split('-->').length - 1).toBe(cues.length);
            expect(rendered).not.toContain('\n\n\n');
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

const bare = (text: string): string => text.replaceAll(/\s/g, '');

const base = { id: 's1', start: 1, end: 3, speaker: null, language: 'en', text: 'words' };

function of(changes: Partial<Transcript['segments'][number]>): Transcript {
  return { ...sampleTranscript, segments: [{ ...base, ...changes }] };
}
