import type { Approval } from '../../workflows/contracts/approval.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { Change } from '../../workflows/contracts/revision.ts';
import { revisionRefused } from '../revision/revision-refused.ts';

export type ApprovalChange = Extract<Change, { readonly kind: 'approval' }>;

interface DocumentDigests {
  /** Of `minutes.json`. */
  readonly sha256: string;
  /** Of `transcript.json`. */
  readonly transcriptSha256: string;
}

/**
 * What minutes say of their approval after a person decided; nothing else of them changes. Pure. Throws
 * `RevisionRefused` for minutes that are approved, were returned, or are not those that the person read.
 *
 * @param stored the digests of the documents that are decided on
 */
export function decideApproval(
  { approval, version }: Minutes,
  { decision, by, at }: ApprovalChange,
  stored: DocumentDigests,
): Approval {
  if (approval?.state === 'approved') {
    throw revisionRefused(
      `version ${version} is approved, and stays so: a change of it makes the next draft`,
    );
  }
  switch (decision.kind) {
    case 'approve': {
      if (approval?.state === 'returned') {
        throw revisionRefused(
          `version ${version} was returned, and cannot be approved as it is: correct it, and approve the draft that the correction makes`,
        );
      }
      const { sha256, transcriptSha256 } = decision;
      const isTranscriptRead =
        transcriptSha256 === undefined || transcriptSha256 === stored.transcriptSha256;
      if (sha256 !== stored.sha256 || !isTranscriptRead) {
        throw revisionRefused(`version ${version} is stored with other bytes than were read`);
      }
      return {
        state: 'approved',
        by,
        at,
        version,
        sha256,
        ...(transcriptSha256 !== undefined && { transcriptSha256 }),
        ...(approval !== null && { asked: approval.asked }),
      };
    }
    case 'return': {
      const { asked = null, until = null } = approval ?? {};
      const { remark } = decision;
      return { state: 'returned', by, at, remark, asked, since: at, until };
    }
    case 'delegate': {
      if (approval?.state === 'returned') {
        throw revisionRefused(`version ${version} was returned, and waits for a correction`);
      }
      if (approval === null || approval.until === null) {
        throw revisionRefused(
          `version ${version} waits for nobody: it was submitted without --approve`,
        );
      }
      if (approval.until <= at) {
        throw revisionRefused(
          `the time for version ${version} is over: it can be approved or returned, and a change of it waits anew`,
        );
      }
      return { ...approval, asked: decision.to, since: at };
    }
  }
}
