import { pictureQuality } from '../../adapters/media/picture-quality.ts';
import { quarantineKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';

export const assessPicture =
  ({ store }: Dependencies): Activities['assessPicture'] =>
  async ({ tenant, sha256 }) => ({
    quality: await pictureQuality(await store.get(quarantineKey(tenant, sha256))),
  });
