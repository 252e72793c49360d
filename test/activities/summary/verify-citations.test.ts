import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldForComparison } from '../../../activities/transcript/text.ts';
import { statementsOf } from '../../../activities/summary/statements-of.ts';
import { verifyDraft } from '../../../activities/summary/verify-citations.ts';
import { citationSchema, type Citation } from '../../../workflows/contracts/minutes.ts';
import type { DraftClaim, SummaryDraft } from '../../../workflows/contracts/summary-draft.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { anyTranscript, transcriptOf } from '../transcript/transcripts.ts';

const transcript = transcriptOf(
  [
    'Good morning everyone.',
    'We decided to hire a photographer',
    'for one day. It’s about ﬁve hundred dollars.',
    'Yes.',
    'Anna will send the budget.',
    'Yes.',
    '我们决定下周五之前完成。',
  ],
  ['S1', 'S1', 'S2', 'S2', 'S1', 'S2', 'S1'],
);

/** Checks what the schema promises about a citation. */
function isInTranscript(citation: Citation, { segments }: Transcript): boolean {
  const cited = segments.filter(({ id }) => citation.segmentIds.includes(id));
  return foldForComparison(cited.map(({ text }) => text).join(' ')).includes(
    foldForComparison(citation.quote),
  );
}

const empty: SummaryDraft = {
  summary: '',
  keyPoints: [],
  decisions: [],
  openQuestions: [],
  actionItems: [],
};
const context = { attendees: [], date: null };

/** The citation that remains of a claim; null: dropped. */
function verifyCitation(claim: DraftClaim, transcript: Transcript): Citation | null {
  const draft = { ...empty, keyPoints: [{ text: 'x', citations: [claim] }] };
  return verifyDraft(draft, transcript, context).keyPoints[0]?.citations[0] ?? null;
}

describe('a citation', () => {
  test('a quote across two segments has the times of both and the speaker of neither', () => {
    expect(
      verifyCitation(
        { segmentIds: ['s2', 's3'], quote: 'hire a photographer for one day.' },
        transcript,
      ),
    ).toEqual({
      start: 2,
      end: 6,
      speaker: null,
      quote: 'hire a photographer for one day.',
      segmentIds: ['s2', 's3'],
    });
  });

  test('wrong segment ids are corrected and superfluous ones removed', () => {
    const quote = 'Anna will send the budget.';
    for (const segmentIds of [['s1'], ['s4', 's5', 's6'], [], ['s99'], ['s5']]) {
      expect(verifyCitation({ segmentIds, quote }, transcript)).toMatchObject({
        segmentIds: ['s5'],
        speaker: 'S1',
      });
    }
  });

  test('of words spoken twice the claimed place is taken', () => {
    const placeOf = (id: string) =>
      verifyCitation({ segmentIds: [id], quote: 'Yes.' }, transcript)?.segmentIds;
    expect(placeOf('s4')).toEqual(['s4']);
    expect(placeOf('s6')).toEqual(['s6']);
  });

  test('a word or two count only where they were claimed to be', () => {
    expect(verifyCitation({ segmentIds: ['s1'], quote: 'Yes.' }, transcript)).toBeNull();
    expect(verifyCitation({ segmentIds: [], quote: '决定' }, transcript)).toBeNull();
  });

  test('case, punctuation, white space and compatibility forms may differ; the transcript’s words are kept', () => {
    const quote = "“it's  about five\nhundred Dollars”";
    expect(verifyCitation({ segmentIds: ['s3'], quote }, transcript)?.quote).toBe(
      'It’s about five hundred dollars',
    );
    expect(verifyCitation({ segmentIds: ['s7'], quote: '下周五之前完成' }, transcript)?.quote).toBe(
      '下周五之前完成',
    );
  });

  test.each([
    'We decided to hire a painter',
    'Good morning everyone. Anna will send the budget.',
    '',
    '…',
    'hire photographer for one day',
  ])('%j is not in the transcript', (quote) => {
    expect(verifyCitation({ segmentIds: ['s1', 's2', 's5'], quote }, transcript)).toBeNull();
  });

  test('whatever is accepted is in the segments that it names, and all of them are needed', () => {
    fc.assert(
      fc.property(
        anyTranscript(),
        fc.nat(),
        fc.nat(),
        fc.array(fc.nat(40)),
        (any, from, length, ids) => {
          const whole = any.segments.map(({ text }) => text).join(' ');
          const start = from % whole.length;
          const quote = whole.slice(start, start + 1 + (length % 80));
          const claim = { segmentIds: ids.map((id) => `s${id}`), quote };
          const citation = verifyCitation(claim, any);
          if (citation === null) return;
          expect(citationSchema.safeParse(citation).success).toBe(true);
          expect(isInTranscript(citation, any)).toBe(true);
          const once = whole.split(quote).length === 2;
          for (const left of [citation.segmentIds.slice(1), citation.segmentIds.slice(0, -1)]) {
            const enough =
              left.length > 0 && isInTranscript({ ...citation, segmentIds: left }, any);
            expect(enough && once).toBe(false);
          }
        },
      ),
    );
  });
});

describe('verifyDraft', () => {
  test('who says "I" is the owner, unless several speakers are cited', () => {
    const said = transcriptOf(['I will send it.', 'And I will print it.'], ['S1', 'S2']);
    const quote = (index: number) => ({
      segmentIds: [`s${index + 1}`],
      quote: said.segments[index]?.text ?? '',
    });
    const action = (...citations: ReturnType<typeof quote>[]) => ({
      task: 'Send it',
      owner: 'I',
      dueText: null,
      citations,
    });
    const { actionItems } = verifyDraft(
      {
        summary: '',
        keyPoints: [],
        decisions: [],
        openQuestions: [],
        actionItems: [action(quote(0)), action(quote(1)), action(quote(0), quote(1)), action()],
      },
      said,
      { attendees: [], date: null },
    );
    expect(actionItems.map(({ owner }) => owner)).toEqual(['S1', 'S2', null, null]);
  });

  test('a speaker’s id is an owner only if somebody in the transcript has it', () => {
    const said = transcriptOf(['I will send it.', 'Good.'], ['S1', null]);
    const { actionItems } = verifyDraft(
      {
        ...empty,
        actionItems: ['S1', 's1', 'speaker S1', 'S9', 's2'].map((owner) => ({
          task: 'Send it',
          owner,
          dueText: null,
          citations: [{ segmentIds: ['s1'], quote: 'I will send it.' }],
        })),
      },
      said,
      context,
    );
    expect(actionItems.map(({ owner }) => owner)).toEqual(['S1', 'S1', 'S1', null, null]);
  });

  const good = { segmentIds: ['s5'], quote: 'Anna will send the budget.' };
  const invented = { segmentIds: ['s5'], quote: 'Anna will send the report.' };

  test('a statement is verified if it has citations and none was dropped', () => {
    const verified = verifyDraft(
      {
        summary: 'Short.',
        keyPoints: [{ text: 'none', citations: [] }],
        decisions: [
          { text: 'all', citations: [good, good] },
          { text: 'some', citations: [good, invented] },
        ],
        openQuestions: [{ text: 'no', citations: [invented] }],
        actionItems: [
          { task: 'Send the budget', owner: 'Anna', dueText: 'by Friday', citations: [good] },
        ],
      },
      transcript,
      { attendees: ['Anna Schmidt'], date: '2026-03-02' },
    );
    expect(verified.decisions.map((decision) => decision.verified)).toEqual([true, false]);
    expect(verified.decisions.map(({ citations }) => citations.length)).toEqual([1, 1]);
    expect(verified.keyPoints[0]).toEqual({ text: 'none', citations: [], verified: false });
    expect(verified.openQuestions[0]).toEqual({
      text: 'no',
      citations: [],
      verified: false,
      notFound: [invented],
    });
    expect(verified.actionItems[0]).toMatchObject({
      owner: 'Anna Schmidt',
      due: '2026-03-06',
      dueText: 'by Friday',
      verified: true,
    });
    expect(statementsOf(verified).map((statement) => statement.verified)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
});
