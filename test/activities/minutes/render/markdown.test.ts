import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../../activities/minutes/render/markdown.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../../workflows/contracts/transcript.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

describe('Markdown minutes', () => {
  test('print their coverage, their engines and what is not verified', () => {
    const markdown = render();
    expect(markdown).toContain('100 % of 2 min 03 s of audio (speech 1 min 50 s, silence 13 s)\n');
    expect(markdown).toContain('100 % of 1,823 characters summarised in 1 section\n');
    expect(markdown).toContain(
      'Summary by extractive-v1: sentences picked by rules, no language model (1 item)\n',
    );
    expect(markdown).toContain('Transcript by whisper-base (local, 5 items)\n');
    expect(markdown).toContain('- Who tests the installer? **(not verified)** `q1`');
    expect(markdown).toContain('2 of 5 not found in the transcript and marked so');
  });

  test('of several files tell when each begins', () => {
    const file = { sha256: 'b'.repeat(64), bytes: 1 };
    const files = [
      { ...file, name: 'part1.m4a', start: 0 },
      { ...file, name: 'part2.mp3', start: 3723.4 },
    ];
    const markdown = render({ source: { ...sampleMinutes.source, files } });
    expect(markdown).toContain('00:00 part1.m4a');
    expect(markdown).toContain('1:02:03 part2.mp3');
    expect(render()).not.toContain('part1.m4a');
  });

  test('tell where a recording lasts another time than its file says, and where its clock leaps', () => {
    const part = { part: 1, stream: 1 };
    const markdown = render({
      ...sampleMinutes,
      sound: {
        tracks: [],
        leftOut: [],
        cut: false,
        inSilence: [],
        disagreements: [
          { ...part, statedSeconds: 50_020, heardSeconds: 40, at: 20 },
          { ...part, statedSeconds: 6, heardSeconds: 9 },
        ],
      },
    });
    expect(markdown).toContain(
      'The file says that the recording lasts 13 h 53 min 40 s, and 40 s were heard: its clock leaps at 00:20\n',
    );
    expect(markdown).toContain('The file says that the recording lasts 6 s, and 9 s were heard\n');
  });

  test('mark what its quote does not bear out and put it last, and put what is not verified apart', () => {
    const say = (text: string, change: object = {}) => ({
      text,
      citations: [],
      verified: true,
      ...change,
    });
    const markdown = render({
      ...sampleMinutes,
      decisions: [
        say('Not found.', { verified: false }),
        say('Says 25,000.', { unsupported: true }),
        say('Says 15,000.'),
        say('Says more.'),
      ],
    });
    expect(markdown).toContain(
      [
        '- Says 15,000. `d3`',
        '- Says more. `d4`',
        '- Says 25,000. **(not borne out by the quote)** `d2`',
        '',
        '### Not found in the transcript',
        '',
        '- Not found. **(not verified)** `d1`',
        '',
      ].join('\n'),
    );
  });

  test('have the sections of their template behind the summary, and only its lists', () => {
    const said = { text: 'The bridge may close.', citations: [], verified: true };
    const sections = [
      { id: 'section1', title: '# Risks\n\u202e', items: [{ ...said, verified: false }, said] },
      { id: 'section2', title: 'Chances', items: [] },
      { id: 'section3', title: 'Votes', items: [], unwritten: true as const },
    ];
    const template = { id: 'Own', version: 1, sha256: 'ab12'.repeat(16) };
    const lists = (wanted: Minutes['template']['lists']) =>
      [...render({ sections, template: { ...template, lists: wanted } }).matchAll(/^## (.*)$/gm)]
        .map(([, heading]) => heading)
        .slice(0, -2);
    expect(lists([])).toEqual(['Summary', String.raw`\# Risks`, 'Chances', 'Votes']);
    expect(lists(['openQuestions', 'decisions']).slice(4)).toEqual(['Decisions', 'Open questions']);
    expect(lists(undefined)).toHaveLength(8);
    const markdown = render({ sections, template });
    expect(markdown).toContain(
      '- The bridge may close. `t1-2`\n\n### Not found in the transcript\n\n- The bridge may close. **(not verified)** `t1-1`',
    );
    expect(markdown).toContain('## Chances\n\n_None recorded._');
    expect(markdown).toContain('## Votes\n\n_Not written: this takes a language model');
    expect(markdown).toContain(', template Own ab12ab12\n');
    const { engines } = sampleMinutes;
    const [engine] = engines.transcribe;
    if (engine === undefined) throw new Error('the sample has an engine');
    const byModel = { ...engines, summarize: [{ ...engine, target: 'mixtral' }] };
    expect(render({ sections, template, engines: byModel })).toContain(
      '## Votes\n\n_Not written: the model left it out._',
    );
  });

  test('link citations to the transcript by their time', () => {
    const markdown = render();
    expect(markdown).toContain('- Ship on the first of March. `d1` [00:03](#s2)');
    expect(markdown).toContain('<a id="s2"></a>**00:03** We decided to ship');
    expect(markdown).not.toContain('<a id="s3">');
  });

  test('show task, owner and due date, or that they are missing', () => {
    const markdown = render();
    expect(markdown).toContain(
      '| Write the release notes `a1` | Anna | 1 December 2026 | [00:03](#s2) |',
    );
    expect(markdown).toContain(
      '| Test the installer **(not verified)** `a2` | _no owner named_ | when there is time |',
    );
  });

  test('name gaps, failed sections and degradations before anything else', () => {
    const markdown = render(damaged);
    const [before = ''] = markdown.split('## Summary');
    expect(before).toContain('> **These minutes are partial**');
    expect(before).toContain('> - Not transcribed: 00:28–00:57 (the service refused the piece)');
    expect(before).toContain(
      '> - Not summarised: time not known (the piece is too large for the model)',
    );
    expect(before).toContain(
      '> - Transcript: made by whisper-large instead of the first choice (fast: the service failed again and again), 00:10–00:38',
    );
    expect(before).toContain(
      '> - Summary: sentences picked by rules, no language model (no model is configured for it)',
    );
    expect(before).toContain('> **Illustration held for review**');
    expect(markdown).toContain('76.1 % of 2 min 03 s');
  });

  test('join adjacent spans of a degradation, and count those that they do not print', () => {
    const spans = [
      { start: 0, end: 10 },
      { start: 10, end: 20 },
      ...Array.from({ length: 9 }, (_, index) => ({
        start: 30 + 20 * index,
        end: 40 + 20 * index,
      })),
    ];
    const markdown = render({
      degradations: [
        {
          stage: 'transcribe',
          role: 'transcribe',
          level: 'fallback',
          target: 'b',
          spans,
          reason: 'a: loading',
        },
      ],
    });
    expect(markdown).toContain('(a: the model did not load in time), 00:00–00:20, 00:30–00:40, ');
    expect(markdown).toContain('02:30–02:40, + 2\n');
  });

  test('mark what may be invented: in the transcript, where it is cited, and before anything else', () => {
    const [first, second, ...others] = sampleTranscript.segments;
    if (first === undefined || second === undefined) throw new Error('the sample has segments');
    const transcript: Transcript = {
      ...sampleTranscript,
      segments: [first, { ...second, mayBeInvented: true }, ...others],
    };
    const coverage = {
      ...sampleMinutes.coverage,
      mayBeInvented: [{ start: 3.1, end: 9.8 }],
      untimedSeconds: 28,
    };
    const minutes = { ...sampleMinutes, coverage };
    const markdown = renderMarkdown(minutesDocument(minutes, transcript, { picture: false }), null);
    const [before = ''] = markdown.split('## Summary');
    expect(before).toContain('> - Some words may be invented, from music or noise: 00:03–00:10');
    expect(markdown).toContain(
      '- Ship on the first of March. **(may be invented)** `d1` [00:03](#s2)',
    );
    expect(markdown).toContain('| Write the release notes **(may be invented)** `a1` | Anna |');
    expect(markdown).toContain('Anna will write the notes. **(may be invented)**\n');
    expect(markdown).toContain('28 s of speech were answered without times');
    expect(markdown).toContain('- The release is planned. `k1` [00:00](#s1)');
  });

  test('say the date once', () => {
    expect(render()).toContain(
      '\n23 November 2026 · 2 min 03 s · English · planning-meeting.flac\n',
    );
    expect(render({ title: 'Minutes of x, 23 November 2026' })).toContain('\n2 min 03 s · English');
  });

  test('never show 100 % if something is missing', () => {
    const markdown = render({
      coverage: {
        ...sampleMinutes.coverage,
        audioSeconds: 1_000_000,
        transcribedSeconds: 999_999.999,
        silenceSeconds: 0,
        gaps: [{ start: 0, end: 0.001, reason: 'input' }],
      },
    });
    expect(markdown).toContain('99.9 % of');
  });

  test('have headings in the language of the meeting, or in English if it is unknown', () => {
    const headings = (language: string | null) =>
      [...render({ language }).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings('zh')).toEqual([
      '摘要',
      '要点',
      '决议',
      '待办事项',
      '未决问题',
      '关于本纪要',
      '逐字记录',
    ]);
    expect(headings('de')[1]).toBe('Kernpunkte');
    expect(headings('fr')[1]).toBe('Points clés');
    expect(headings('es')[1]).toBe('Puntos clave');
    expect(headings('ja')).toEqual(headings('en'));
    expect(headings(null)).toEqual(headings('en'));
  });

  test.each([
    ['# not a heading', '\\# not a heading'],
    ['- not a list', '\\- not a list'],
    ['12. not a list', '12\\. not a list'],
    ['> not a quotation', '\\> not a quotation'],
    ['| not | a table', '\\| not \\| a table'],
    ['*a* _b_ `c` ~~d~~', '\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~'],
    ['snake_case_name', 'snake_case_name'],
    ['[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['Q&amp;A and R & D', 'Q\\&amp;A and R & D'],
    ['line\r\n# one', 'line # one'],
    ['    code', 'code'],
    ['a\\', 'a\\\\'],
  ])('show %j as it was said', (text, expected) => {
    const item = { text, citations: [], verified: true };
    const markdown = render({ decisions: [item], title: text });
    expect(markdown).toContain(`\n- ${expected} \`d1\`\n`);
    expect(markdown.split('\n')[0]).toBe(`# ${expected}`);
  });
});

const damaged: Partial<Minutes> = {
  status: 'partial',
  coverage: {
    ...sampleMinutes.coverage,
    transcribedSeconds: 80.802,
    gaps: [{ start: 28, end: 56.4, reason: 'BadRequest' }],
    failedSections: [{ start: null, end: null, reason: 'TooLarge' }],
  },
  degradations: [
    {
      stage: 'transcribe',
      role: 'transcribe',
      level: 'fallback',
      target: 'whisper-large',
      spans: [{ start: 10, end: 38 }],
      reason: 'fast: TargetExhausted',
    },
    {
      stage: 'summarize',
      role: 'summarize',
      level: 'simplified',
      target: null,
      spans: [],
      reason: 'no target: NoTarget',
    },
  ],
  image: {
    key: null,
    verdict: 'held',
    score: 0.6,
    quality: 0.5,
    watermark: null,
    model: 'procedural-v1',
    prompt: 'a meeting',
  },
};

function render(changes: Partial<Minutes> = {}): string {
  const minutes = { ...sampleMinutes, ...changes };
  return renderMarkdown(minutesDocument(minutes, sampleTranscript, { picture: false }), null);
}
