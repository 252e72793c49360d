import './sign-in-page.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import type { Session } from '../api/answers.ts';
import { ProblemError } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { request } from '../api/request.ts';
import { useWording } from './language.tsx';
import { describeProblem, Notice } from './notice.tsx';
import { ProviderLinks } from './provider-links.tsx';
import { takeSignInAddress } from './sign-in-address.ts';

/** `problem`: what came of one at a provider. */
type Attempt = { readonly key: string } | { readonly link: string } | { readonly problem: string };

/** At a provider, with a key, or by the link that somebody was sent. */
export function SignInPage() {
  const { m } = useWording();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: async (attempt: Attempt) => {
      if ('problem' in attempt) {
        throw new ProblemError({ code: attempt.problem, status: 0, detail: '' });
      }
      await request<unknown>('POST', '/session', { body: attempt });
      return await request<Session>('GET', '/session');
    },
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  const { mutate } = signIn;
  useEffect(() => {
    const { link, problem } = takeSignInAddress();
    if (link !== null) mutate({ link });
    if (problem !== null) mutate({ problem });
  }, [mutate]);
  return (
    <main className="sign-in" id="main" tabIndex={-1}>
      <div className="sign-in-card">
        <h1>{m.signInTitle}</h1>
        <p className="lead">{m.tagline}</p>
        {signIn.isError && <Notice tone="error" title={describeProblem(signIn.error, m).title} />}
        <ProviderLinks />
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
          <Button type="submit" className="button primary wide" isDisabled={signIn.isPending}>
            {signIn.isPending ? m.signingIn : m.signIn}
          </Button>
        </Form>
        <p className="faint">{m.keyHelp}</p>
      </div>
    </main>
  );
}
