import type { OutputOptions } from '../../workflows/contracts/job-input.ts';
import type { Citation, Statement, Summary } from '../../workflows/contracts/minutes.ts';
import type { DraftClaim, SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { createFindQuote, type FindQuote } from './find-quote.ts';
import { resolveDue } from './resolve-due.ts';
import { resolveOwner } from './resolve-owner.ts';

/**
 * Checks every citation of a draft against the transcript and resolves owners and due dates. A citation whose quote is
 * not in the transcript is dropped; its statement stays and is marked as not verified.
 */
export function verifyDraft(
  draft: SummaryDraft,
  transcript: Transcript,
  { attendees, date }: Pick<OutputOptions, 'attendees' | 'date'>,
): Summary {
  const findQuote = createFindQuote(transcript);
  const toStatement = ({ text, citations }: SummaryDraft['keyPoints'][number]): Statement => ({
    text,
    ...verified(citations, findQuote),
  });
  return {
    summary: draft.summary,
    keyPoints: draft.keyPoints.map(toStatement),
    decisions: draft.decisions.map(toStatement),
    openQuestions: draft.openQuestions.map(toStatement),
    actionItems: draft.actionItems.map(({ task, owner, dueText, citations: claims }) => {
      const sources = verified(claims, findQuote);
      const speaker = onlySpeaker(sources.citations);
      return {
        task,
        owner: resolveOwner(owner, { attendees, speaker }),
        due: resolveDue(dueText, date, transcript.language),
        dueText,
        ...sources,
      };
    }),
  };
}

function verified(
  claims: readonly DraftClaim[],
  findQuote: FindQuote,
): { citations: Citation[]; verified: boolean } {
  const found = claims.map((claim) => toCitation(claim, findQuote));
  const citations = found.filter((citation) => citation !== null);
  const unique = new Map(
    citations.map((citation) => [`${citation.segmentIds.join(' ')} ${citation.quote}`, citation]),
  );
  return {
    citations: [...unique.values()],
    verified: citations.length > 0 && citations.length === claims.length,
  };
}

function toCitation(claim: DraftClaim, findQuote: FindQuote): Citation | null {
  const found = findQuote(claim.quote, claim.segmentIds);
  if (found === null) return null;
  const { quote, segments } = found;
  return {
    start: segments[0]?.start ?? null,
    end: segments.at(-1)?.end ?? null,
    speaker: onlySpeaker(segments),
    quote,
    segmentIds: segments.map(({ id }) => id),
  };
}

/** The speaker of all of it; null: unknown, or several. */
function onlySpeaker(said: readonly Pick<Segment, 'speaker'>[]): string | null {
  const speakers = new Set(said.map(({ speaker }) => speaker));
  const [speaker = null] = speakers;
  return speakers.size === 1 ? speaker : null;
}
