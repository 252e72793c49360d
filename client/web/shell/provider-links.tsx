import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-aria-components';
import { providersQuery } from '../api/queries.ts';
import { addressOf } from '../api/request.ts';
import { useWording } from './language.tsx';
import { keepReturnAddress } from './sign-in-address.ts';

/** Where one can sign in besides here; nothing where that is nowhere, or is not known. */
export function ProviderLinks() {
  const { m } = useWording();
  const { data = [] } = useQuery(providersQuery);
  if (data.length === 0) return null;
  return (
    <>
      <ul className="providers">
        {data.map(({ name, label }) => (
          <li key={name}>
            <Link
              className="button primary wide"
              href={addressOf(`/sign-in/${name}`)}
              onPress={keepReturnAddress}
            >
              {m.signInWith(label)}
            </Link>
          </li>
        ))}
      </ul>
      <p className="or">{m.orWithKey}</p>
    </>
  );
}
