import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ServiceConnections } from '../service-connections.ts';
import { approvalView, type ApprovalView } from './approval-view.ts';
import { listedVersion } from './listed-version.ts';
import { shownMinutes, type ShownMinutes } from './shown-minutes.ts';

/** The versions of a job's minutes, the newest first. */
export interface JobVersions {
  readonly id: string;
  readonly versions: readonly ReturnType<typeof listedVersion>[];
  /** Of the version that the job shows; null: it has no minutes, or they cannot be read. */
  readonly shown:
    | (Pick<ShownMinutes, 'version' | 'asked' | 'stays'> & {
        readonly approval: ApprovalView | null;
      })
    | null;
}

export async function readVersions(
  row: JobRow,
  { library, store }: Pick<ServiceConnections, 'library' | 'store'>,
): Promise<JobVersions> {
  const [versions, shown] = await Promise.all([
    library().then((opened) => opened.versions(row.tenant, row.id)),
    shownMinutes(row, store),
  ]);
  return {
    id: row.id,
    versions: versions.map((version) => listedVersion(row, version)),
    shown: shown && {
      version: shown.version,
      asked: shown.asked,
      stays: shown.stays,
      approval: approvalView(row.approval, new Date()),
    },
  };
}
