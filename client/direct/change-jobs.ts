import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ChangeTold, JobChanger, RequestedChange } from '../back-end.ts';
import type { RevisionNeeds, WantedChange } from '../jobs/revise-job.ts';
import type { Direct } from './direct.ts';
import { namedJob } from './named-job.ts';

/** Changes minutes by a workflow. */
export function directChanger(direct: Direct): JobChanger {
  return {
    change: async (name, change, { by, ...told }) => {
      const row = await namedJob(direct, name);
      const { id } = row;
      const { wanted, needs } = await prepared(direct, row, change, { by, ...told });
      const { makeChange } = await import('../jobs/make-change.ts');
      const changed = await makeChange(row, wanted, direct.services, needs);
      return { id, ...changed };
    },
    requireResult: async (name) => {
      const row = await namedJob(direct, name);
      const { NoResultError } = await import('../jobs/fetch-result.ts');
      if (row.minutesKey === null) throw new NoResultError(row);
    },
  };
}

/** The change as the workflow takes it; null: there is nothing to change. */
async function prepared(
  { services }: Direct,
  row: JobRow,
  change: RequestedChange,
  { by, onReplaced, ...told }: ChangeTold & { readonly by: string },
): Promise<{ readonly wanted: WantedChange | null; readonly needs?: RevisionNeeds }> {
  const store = await services.store();
  switch (change.kind) {
    case 'rename':
    case 'join':
      return { wanted: { ...change, by } };
    case 'edit': {
      const { editedChange } = await import('../jobs/edited-change.ts');
      const { path, madeFrom } = change;
      const edited = await editedChange(path, row, { store, madeFrom });
      return { wanted: edited && { kind: 'edit', edited, by } };
    }
    case 'resummarize': {
      const { writtenByPeople } = await import('../jobs/explain/written-by-people.ts');
      const written = await writtenByPeople(row, store, await services.library());
      onReplaced?.(written, row.id);
      const { template } = change;
      return { wanted: { ...change.change, by }, needs: { ...told, template } };
    }
    case 'approval': {
      const { decide } = await import('../jobs/decide.ts');
      const library = await services.library();
      const version = change.version === undefined ? undefined : String(change.version);
      const decision = await decide(row, change.wanted, version, { library, store });
      return { wanted: { kind: 'approval', by, decision } };
    }
  }
}
