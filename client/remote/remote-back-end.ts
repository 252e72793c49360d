import type { BackEnd } from '../back-end.ts';
import type { Environment } from '../config.ts';
import { remoteChanger } from './change-jobs.ts';
import { parseGatewayAddress } from './gateway-address.ts';
import { createGatewayClient } from './gateway-client.ts';
import { remoteKeys } from './keep-keys.ts';
import { remoteMaker } from './make-jobs.ts';
import { remoteReader } from './read-jobs.ts';

/** The back end of whoever has a key: the gateway that `HANSARD_URL` names. Throws a `SettingError`. */
export function createRemoteBackEnd(env: Environment): BackEnd {
  const client = createGatewayClient(parseGatewayAddress(env));
  return {
    ...remoteReader(client),
    ...remoteMaker(client),
    ...remoteChanger(client),
    ...remoteKeys(client),
  };
}
