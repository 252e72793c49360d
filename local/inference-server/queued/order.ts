import type { FastifyRequest } from 'fastify';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { drawOrder, type PictureOrder } from '../picture-order.ts';
import { toAddress } from '../read-request.ts';
import type { ServerParts } from '../server-parts.ts';

/** A request that was checked and can be run at once or queued. */
export interface Order {
  readonly inputDigest: string;
  readonly run: () => Promise<object>;
}

/** A picture, answered by its address. */
export const orderPicture = (
  request: FastifyRequest,
  { files }: ServerParts,
  picture: PictureOrder,
  toResult: (address: string) => object,
): Order => ({
  inputDigest: digestOf(picture),
  run: async () => toResult(toAddress(request, files.put(await drawOrder(picture), 'png'))),
});
