import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import type { MadeKey } from '../api/answers.ts';
import { keysQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { SecretNotice } from '../shell/secret-notice.tsx';
import { EXPIRIES } from './expiries.ts';

const ROLES = ['viewer', 'submitter', 'approver', 'operator', 'auditor', 'admin'] as const;

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
    <section className="card" aria-labelledby="new-key">
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
      {create.data !== undefined && (
        <SecretNotice
          title={m.keyMade(create.data.name)}
          help={m.keyOnce}
          secret={create.data.key}
          onClose={create.reset}
        />
      )}
    </section>
  );
}
