import './keys.css';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { Key } from '../api/answers.ts';
import { keysQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { useTitle } from '../shell/use-title.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { NewKey } from './new-key.tsx';

/** The keys of the tenant, for whoever operates it. */
export function KeysPage() {
  const { m } = useWording();
  const may = useMay();
  const keys = useQuery(keysQuery);
  useTitle(m.keys);
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1 className="page-title">{m.keys}</h1>
      <p className="lead">{m.keysHelp}</p>
      {may('keys:manage') && <NewKey />}
      {keys.isError ? (
        <ProblemNotice error={keys.error} onRetry={() => void keys.refetch()} />
      ) : keys.data === undefined ? (
        <p className="faint" role="status">
          {m.loading}
        </p>
      ) : (
        <KeyTable keys={keys.data} />
      )}
    </main>
  );
}

function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  const { m, format } = useWording();
  const may = useMay();
  const roles: Readonly<Record<string, string | undefined>> = m.roles;
  return (
    <table className="keys">
      <caption className="hidden">{m.keys}</caption>
      <thead>
        <tr>
          <th scope="col">{m.name}</th>
          <th scope="col">{m.role}</th>
          <th scope="col">{m.lastUsed}</th>
          <th scope="col">{m.expires}</th>
          <th scope="col">{m.status}</th>
          {may('keys:manage') && (
            <th scope="col">
              <span className="hidden">{m.revoke}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td>
              <span className="key-name">{key.name}</span>
              <code className="faint">{key.id}</code>
            </td>
            <td data-label={m.role}>{roles[key.role] ?? key.role}</td>
            <td data-label={m.lastUsed}>
              {key.lastUsedAt === null ? m.never : format.moment(key.lastUsedAt)}
            </td>
            <td data-label={m.expires}>
              {key.expiresAt === null ? m.never : format.moment(key.expiresAt)}
            </td>
            <td data-label={m.status}>
              <span className={`mark mark-${key.state === 'live' ? 'good' : 'off'}`}>
                {m.keyStates[key.state]}
              </span>
            </td>
            {may('keys:manage') && <td>{key.state === 'live' && <Revoke keyFacts={key} />}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Revoke({ keyFacts: { id, name } }: { readonly keyFacts: Key }) {
  const { m } = useWording();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => request<undefined>('DELETE', `/keys/${id}`),
    onSuccess: () => client.invalidateQueries(keysQuery),
  });
  return (
    <>
      <ConfirmDialog
        title={m.revokeTitle(name)}
        text={m.revokeHelp}
        confirm={m.revoke}
        onConfirm={() => revoke.mutate()}
      >
        <Button className="quiet" isDisabled={revoke.isPending} aria-label={m.revokeKey(name)}>
          {m.revoke}
        </Button>
      </ConfirmDialog>
      {revoke.isError && <ProblemNotice error={revoke.error} />}
    </>
  );
}
