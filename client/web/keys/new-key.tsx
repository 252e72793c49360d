import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import type { MadeKey } from '../api/answers.ts';
import { keysQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';

const ROLES = ['viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin'] as const;
const EXPIRIES = ['30d', '90d', '365d', ''] as const;

/** Makes a key, and shows it once. */
export function NewKey() {
  const { m } = useWording();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('submitter');
  const [expires, setExpires] = useState<string>('90d');
  const create = useMutation({
    mutationFn: () =>
      request<MadeKey>('POST', '/keys', {
        body: { name: name.trim(), role, ...(expires !== '' && { expires }) },
      }),
    onSuccess: () => {
      setName('');
      return client.invalidateQueries(keysQuery);
    },
  });
  return (
    <section className="new-key" aria-labelledby="new-key">
      <h2 id="new-key">{m.newKey}</h2>
      <form
        className="form form-inline"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextField className="field" value={name} onChange={setName} isRequired>
          <Label>{m.keyName}</Label>
          <Input className="input" maxLength={100} />
        </TextField>
        <Choice
          label={m.role}
          options={ROLES.map((id) => [id, m.roles[id]])}
          value={role}
          onChange={setRole}
        />
        <Choice
          label={m.expires}
          options={EXPIRIES.map((id) => [id, m.expiries[id]])}
          value={expires}
          onChange={setExpires}
        />
        <Button
          type="submit"
          className="button primary"
          isDisabled={create.isPending || name.trim() === ''}
        >
          {m.makeKey}
        </Button>
      </form>
      {create.isError && <ProblemNotice error={create.error} />}
      {create.data !== undefined && <MadeKeyNotice made={create.data} onClose={create.reset} />}
    </section>
  );
}

function MadeKeyNotice({
  made,
  onClose,
}: {
  readonly made: MadeKey;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  const [isCopied, setCopied] = useState(false);
  return (
    <Notice
      tone="info"
      title={m.keyMade(made.name)}
      actions={
        <>
          <Button
            className="button"
            onPress={() =>
              void navigator.clipboard.writeText(made.key).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {isCopied ? m.copied : m.copy}
          </Button>
          <Button className="button" onPress={onClose}>
            {m.done}
          </Button>
        </>
      }
    >
      <p>{m.keyOnce}</p>
      <code className="key-secret">{made.key}</code>
    </Notice>
  );
}
