import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../../activities/minutes/render/html.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

const HOSTILE = `<script>alert('x')</script>"><img src=x onerror=alert(1)>&lt;\r\n\u202Eevil\u0000\u001B[31m`;

describe('the HTML page', () => {
  test('has its language and the content of the minutes', () => {
    const html = render();
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<h1 dir="auto">Release planning</h1>');
    expect(html).toContain('23 November 2026');
    expect(html).toContain('100 % of 2 min 03 s of audio (speech 1 min 50 s, silence 13 s)');
    expect(html).toContain('<strong class="flag">not verified</strong>');
    expect(render({ language: 'zh' })).toContain('<html lang="zh">');
  });

  test('marks the words that may be invented', () => {
    const segments = sampleTranscript.segments.map((segment) => ({
      ...segment,
      mayBeInvented: true as const,
    }));
    const transcript = { ...sampleTranscript, segments };
    const html = renderHtml(minutesDocument(sampleMinutes, transcript, { picture: false }), null);
    expect(html).toContain(
      'Who tests the installer? <strong class="flag">may be invented</strong></span></p>',
    );
  });

  test('gives each statement the id that explain takes and shows it, wherever it stands', () => {
    const [point] = sampleMinutes.keyPoints;
    const doubtful = { text: 'Nobody said this.', citations: [], verified: false };
    const html = render({ keyPoints: point === undefined ? [] : [doubtful, point] });
    expect([...html.matchAll(/<(?:li|td) id="([^"]+)"/g)].map(([, id]) => id)).toEqual([
      // What is not verified stands apart, and keeps its place in minutes.json.
      'k2',
      'k1',
      'd1',
      'a1',
      'a2',
      'q1',
    ]);
    expect([...html.matchAll(/<span class="id">([^<]+)</g)].map(([, id]) => id)).toEqual([
      'k2',
      'k1',
      'd1',
      'a1',
      'a2',
      'q1',
    ]);
    expect(html.match(/<h3 .*<\/h3>/g)).toEqual(
      Array.from({ length: 3 }, () => '<h3 dir="auto">Not found in the transcript</h3>'),
    );
    expect(html).toMatch(/<li id="k1" dir="auto">.*Nobody said this\./);
    expect(html).toMatch(/<td id="a2".*Test the installer/);
  });

  test('has a place where the command line names the recording beside it', () => {
    expect(render()).toContain('<meta name="hansard-audio" content="">');
    expect(render()).toContain('<p id="s3" data-at="61">');
  });

  test('holds every link within itself, and every link leads somewhere', () => {
    const html = render();
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).toMatch(/^#s\d+$/);
      expect(html).toContain(`id="${link.slice(1)}"`);
    }
  });

  test('drops a citation of a segment that the transcript does not have', () => {
    const citation = { start: 1, end: 2, speaker: null, quote: 'words', segmentIds: ['s999'] };
    const html = render({
      decisions: [{ text: 'Agreed.', citations: [citation], verified: true }],
    });
    expect(html).not.toContain('s999');
  });

  test('fetches nothing, and its policy allows its own style and its own script only', () => {
    const html = render();
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
    expect(scripts).toHaveLength(1);
    const [ofStyle, ofScript] = [style, scripts[0] ?? ''].map((text) =>
      createHash('sha256').update(text).digest('base64'),
    );
    expect(html).toContain(
      `default-src 'none'; img-src data: 'self' file:; media-src 'self' file:; style-src 'sha256-${ofStyle}'; script-src 'sha256-${ofScript}'; base-uri`,
    );
    expect(html).not.toMatch(/<script\s|<link|https?:|@import|url\(|\sstyle=|\son[a-z]+=/i);
  });

  test('lets no text become markup anywhere', () => {
    const html = renderHtml(
      minutesDocument(hostileMinutes(), hostileTranscript, { picture: true }),
      `x" onerror="alert(1)`,
    );
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, name]) => name));
    expect(tags).toEqual(new Set(OUR_TAGS));
    const withoutValues = html.replaceAll(/="[^"]*"/g, '=""');
    expect(withoutValues).not.toMatch(/<[^>]*\son[a-z]+=/i);
    // oxlint-disable-next-line no-control-regex
    expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u0000-\u0008\u000B-\u001F]/);
    expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  });

  test('isolates right-to-left text and marks the language of what differs', () => {
    const segment = { id: 's1', start: 0, end: 2, speaker: null, language: 'he', text: 'שלום' };
    const transcript = { ...sampleTranscript, segments: [segment] };
    const html = renderHtml(minutesDocument(sampleMinutes, transcript, { picture: false }), null);
    expect(html).toContain('<span dir="auto" lang="he">שלום</span>');
  });

  test('stays valid with a title of a hundred thousand characters', () => {
    const html = render({ title: 'x<'.repeat(50_000) });
    expect(html).toContain('&lt;</h1>');
    expect(html.endsWith('</html>\n')).toBe(true);
  });

  test('shows a phrase where a part is empty', () => {
    const empty = { ...sampleTranscript, segments: [] };
    const minutes = { ...sampleMinutes, summary: ' \n', decisions: [] };
    const html = renderHtml(minutesDocument(minutes, empty, { picture: false }), null);
    expect(html).toContain('There is no summary.');
    expect(html).toContain('None recorded.');
    expect(html).toContain('There is no transcript.');
  });
});

const OUR_TAGS = (
  '!doctype html head meta title style body main header h1 p bdi span section h2 h3 search input button output script ' +
  'aside ul li strong a table thead tr th tbody td dl dt dd figure img figcaption div b'
).split(' ');

function render(changes: Partial<Minutes> = {}): string {
  const minutes = { ...sampleMinutes, ...changes };
  return renderHtml(minutesDocument(minutes, sampleTranscript, { picture: false }), null);
}

function hostileMinutes(): Minutes {
  const citations = [{ start: 0, end: 1, speaker: HOSTILE, quote: HOSTILE, segmentIds: ['s1'] }];
  const statement = { text: HOSTILE, citations, verified: false };
  const engine = { target: HOSTILE, model: HOSTILE, provider: HOSTILE, items: 1, label: HOSTILE };
  return {
    ...sampleMinutes,
    title: HOSTILE,
    language: HOSTILE,
    languages: [HOSTILE],
    source: { ...sampleMinutes.source, name: HOSTILE },
    template: { id: HOSTILE, version: 1 },
    engines: { transcribe: [engine], summarize: [], illustrate: [], moderate: [] },
    coverage: { ...sampleMinutes.coverage, gaps: [{ start: 1, end: 2, reason: HOSTILE }] },
    degradations: [
      {
        stage: 'render',
        role: HOSTILE,
        level: 'fallback',
        target: HOSTILE,
        spans: [],
        reason: HOSTILE,
      },
    ],
    speakers: [{ id: 'S1', name: HOSTILE, seconds: 1 }],
    summary: HOSTILE,
    keyPoints: [statement],
    decisions: [statement],
    openQuestions: [statement],
    actionItems: [
      { task: HOSTILE, owner: HOSTILE, due: null, dueText: HOSTILE, citations, verified: false },
    ],
    sections: [{ id: HOSTILE, title: HOSTILE, items: [statement] }],
    image: {
      key: 'k',
      verdict: 'safe',
      score: 0,
      quality: 1,
      watermark: { text: HOSTILE, metadata: true },
      model: HOSTILE,
      prompt: HOSTILE,
    },
  };
}

const hostileTranscript: Transcript = {
  schemaVersion: 1,
  language: HOSTILE,
  durationSeconds: 1,
  segments: [
    { id: 's1', start: 0, end: 1, speaker: 'S1', language: HOSTILE, text: HOSTILE },
    { id: 's2', start: null, end: null, speaker: HOSTILE, language: null, text: HOSTILE },
  ],
};
