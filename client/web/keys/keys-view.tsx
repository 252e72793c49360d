import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { Key } from '../api/answers.ts';
import { keysQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { Loaded } from '../operations/loaded.tsx';
import { NewKey } from './new-key.tsx';
import { ReplaceKey } from './replace-key.tsx';
import { canBeReplaced, replacements, type Replacement } from './replacements.ts';

/** The keys of the tenant, for whoever operates it. */
export function KeysView() {
  const { m } = useWording();
  const may = useMay();
  const keys = useQuery(keysQuery);
  return (
    <>
      <p className="lead">{m.keysHelp}</p>
      {may('keys:manage') && <NewKey />}
      <Loaded query={keys}>{(found) => <KeyTable keys={found} />}</Loaded>
    </>
  );
}

function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  const { m } = useWording();
  const may = useMay();
  const replaced = replacements(keys);
  return (
    <table className="records">
      <caption className="hidden">{m.keys}</caption>
      <thead>
        <tr>
          <th scope="col">{m.name}</th>
          <th scope="col">{m.role}</th>
          <th scope="col">{m.signature}</th>
          <th scope="col">{m.lastUsed}</th>
          <th scope="col">{m.expires}</th>
          <th scope="col">{m.status}</th>
          {may('keys:manage') && (
            <th scope="col">
              <span className="hidden">{m.operations.actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key.id} facts={key} replacement={replaced.get(key.id) ?? null} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRow({
  facts,
  replacement,
}: {
  readonly facts: Key;
  readonly replacement: Replacement | null;
}) {
  const { m, format } = useWording();
  const words = m.operations;
  const may = useMay();
  const roles: Readonly<Record<string, string | undefined>> = m.roles;
  const { id, name, role, signature, state, lastUsedAt, expiresAt } = facts;
  const isOld = replacement?.is === 'old';
  const newUsedAt = isOld ? replacement.other.lastUsedAt : null;
  return (
    <tr>
      <td>
        <span className="record-name">{name}</span>
        <code className="faint">{id}</code>
        {isOld && (
          <p className="advice advice-warning">
            {newUsedAt === null ? words.stillUsed : words.successorUsed(format.moment(newUsedAt))}
          </p>
        )}
      </td>
      <td data-label={m.role}>{roles[role] ?? role}</td>
      <td data-label={m.signature}>{m.signatures[signature]}</td>
      <td data-label={m.lastUsed} className="record-when">
        {lastUsedAt === null ? m.never : format.moment(lastUsedAt)}
      </td>
      <td data-label={m.expires} className="record-when">
        {expiresAt === null ? m.never : format.moment(expiresAt)}
      </td>
      <td data-label={m.status}>
        <span className={`mark mark-${isOld ? 'warn' : state === 'live' ? 'good' : 'off'}`}>
          {isOld ? words.beingReplaced : m.keyStates[state]}
        </span>
        {replacement?.is === 'new' && <span className="faint record-more">{words.successor}</span>}
      </td>
      {may('keys:manage') && (
        <td className="record-actions">
          {state === 'live' && (
            <div className="button-row">
              {replacement === null && canBeReplaced(facts) && <ReplaceKey facts={facts} />}
              <Revoke facts={facts} isOld={isOld} />
            </div>
          )}
        </td>
      )}
    </tr>
  );
}

function Revoke({
  facts: { id, name, lastUsedAt },
  isOld,
}: {
  readonly facts: Key;
  readonly isOld: boolean;
}) {
  const { m, format } = useWording();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => request<undefined>('DELETE', `/keys/${id}`),
    onSuccess: () => client.invalidateQueries(keysQuery),
  });
  const used = lastUsedAt === null ? null : format.moment(lastUsedAt);
  return (
    <>
      <ConfirmDialog
        title={m.revokeTitle(name)}
        text={isOld ? m.operations.revokeOldHelp(used) : m.revokeHelp}
        confirm={isOld ? m.operations.revokeOld : m.revoke}
        onConfirm={() => revoke.mutate()}
      >
        <Button
          className="quiet"
          isDisabled={revoke.isPending}
          aria-label={isOld ? m.operations.revokeOldOf(name) : m.revokeKey(name)}
        >
          {isOld ? m.operations.revokeOld : m.revoke}
        </Button>
      </ConfirmDialog>
      {revoke.isError && <ProblemNotice error={revoke.error} />}
    </>
  );
}
