import './sign-in-page.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import type { Session } from '../api/answers.ts';
import { sessionQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { useWording } from './language.tsx';
import { describeProblem, Notice } from './notice.tsx';
import { takeSignInLink } from './sign-in-link.ts';

type Proof = { readonly key: string } | { readonly link: string };

/** With a key, or by the link that somebody was sent. */
export function SignInPage() {
  const { m } = useWording();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: async (proof: Proof) => {
      await request<unknown>('POST', '/session', { body: proof });
      return await request<Session>('GET', '/session');
    },
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  const { mutate } = signIn;
  useEffect(() => {
    const link = takeSignInLink();
    if (link !== null) mutate({ link });
  }, [mutate]);
  return (
    <main className="sign-in" id="main" tabIndex={-1}>
      <div className="sign-in-card">
        <h1>{m.signInTitle}</h1>
        <p className="lead">{m.tagline}</p>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            mutate({ key: key.trim() });
          }}
        >
          {/* Keeps of passwords want a name beside them. */}
          <input
            type="text"
            name="username"
            autoComplete="username"
            value="Hansard"
            readOnly
            hidden
          />
          <TextField
            className="field"
            name="key"
            type="password"
            autoComplete="current-password"
            isRequired
            value={key}
            onChange={setKey}
          >
            <Label>{m.keyLabel}</Label>
            <Input className="input" placeholder="hansard_…" spellCheck="false" />
            <FieldError className="field-error">{m.keyRequired}</FieldError>
          </TextField>
          {signIn.isError && <Notice tone="error" title={describeProblem(signIn.error, m).title} />}
          <Button type="submit" className="button primary wide" isDisabled={signIn.isPending}>
            {signIn.isPending ? m.signingIn : m.signIn}
          </Button>
        </Form>
        <p className="faint">{m.keyHelp}</p>
      </div>
    </main>
  );
}
