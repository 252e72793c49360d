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

type Proof = { readonly key: string } | { readonly link: string };

/** At a provider, with a key, or by the link that somebody was sent. */
export function SignInPage() {
  const { m } = useWording();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const signIn = useMutation({
    mutationFn: async (proof: Proof) => {
      await request<unknown>('POST', '/session', { body: proof });
      return await request<Session>('GET', '/session');
    },
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  const { mutate } = signIn;
  useEffect(() => {
    const { link, problem: code } = takeSignInAddress();
    if (link !== null) mutate({ link });
    if (code !== null) setProblem(new ProblemError({ code, status: 0, detail: '' }));
  }, [mutate]);
  const failure = signIn.error ?? (signIn.isIdle ? problem : null);
  return (
    <main className="sign-in" id="main" tabIndex={-1}>
      <div className="sign-in-card">
        <h1>{m.signInTitle}</h1>
        <p className="lead">{m.tagline}</p>
        {failure !== null && <Notice tone="error" title={describeProblem(failure, m).title} />}
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
