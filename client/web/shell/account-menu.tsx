import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleUserRound } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Session } from '../api/answers.ts';
import { request } from '../api/request.ts';
import { forgetDrafts } from '../edit/kept-drafts.ts';
import { useWording } from './language.tsx';

/** Who is signed in, as what, and the way out. */
export function AccountMenu({ session }: { readonly session: Session }) {
  const { m, format } = useWording();
  const client = useQueryClient();
  const signOut = useMutation({
    /** @param _next where one is then: here, or where one signs out of the provider, too */
    mutationFn: (_next: string) => request<undefined>('DELETE', '/session'),
    onSettled: (_answer, _error, next) => {
      client.clear();
      forgetDrafts();
      // Nothing of the session stays in memory.
      location.assign(next);
    },
  });
  const { provider } = session;
  const signOutThere = provider?.signOut ?? null;
  return (
    <DialogTrigger>
      <Button className="quiet" aria-label={m.accountOf(session.name)}>
        <CircleUserRound aria-hidden />
        <span className="account-name">{session.name}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="account" aria-label={m.account}>
          <dl className="facts-list">
            <dt>{m.signedInAs}</dt>
            <dd>{session.name}</dd>
            <dt>{m.role}</dt>
            <dd>{m.roles[session.role]}</dd>
            <dt>{m.tenant}</dt>
            <dd>{session.tenant}</dd>
            {provider !== null && (
              <>
                <dt>{m.signedInAt}</dt>
                <dd>{provider.label}</dd>
              </>
            )}
            {session.expires !== null && (
              <>
                <dt>{m.sessionUntil}</dt>
                <dd>{format.moment(session.expires)}</dd>
              </>
            )}
          </dl>
          <Button
            className="button"
            isDisabled={signOut.isPending}
            onPress={() => signOut.mutate(location.pathname)}
          >
            {m.signOut}
          </Button>
          {provider !== null && signOutThere !== null && (
            <Button
              className="button"
              isDisabled={signOut.isPending}
              onPress={() => signOut.mutate(signOutThere)}
            >
              {m.signOutOf(provider.label)}
            </Button>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
