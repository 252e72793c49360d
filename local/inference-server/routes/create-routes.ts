import type { FileStore } from '../file-store.ts';
import type { Route } from '../http/route.ts';
import type { ManagedEndpoints } from '../managed-endpoints.ts';
import type { NsfwClassifier } from '../models/nsfw-classifier.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { deepinfra } from './deepinfra.ts';
import { endpointProxy } from './endpoint-proxy.ts';
import { endpointManagement } from './endpoints.ts';
import { fal } from './fal.ts';
import { showFile } from './files.ts';
import { hfInference } from './hf-inference.ts';
import { hfendpoints } from './hfendpoints.ts';
import { hubAccount, hubModel, hubTokenizer } from './hub.ts';
import { listModels, showModel } from './models.ts';
import { nscale } from './nscale.ts';
import { openAi } from './openai.ts';
import { replicate } from './replicate.ts';
import { tgi } from './tgi.ts';
import { together } from './together.ts';
import { toolkit } from './toolkit.ts';

/** Every wire format over the same few models; the first route that matches answers. */
export function createRoutes(parts: {
  readonly transcriber: Transcriber;
  readonly classifier: NsfwClassifier;
  readonly files: FileStore;
  readonly endpoints: ManagedEndpoints;
  readonly queueDelayMs: number;
  readonly requireToken: string | null;
}): readonly Route[] {
  const dedicated: readonly Route[] = [
    ...openAi(parts),
    ...toolkit(parts),
    ...tgi,
    hfendpoints(parts.transcriber),
    listModels,
    showModel,
  ];
  return [
    ...dedicated,
    ...hfInference(parts),
    ...fal(parts),
    ...replicate(parts),
    ...together(parts),
    ...deepinfra(parts.transcriber),
    ...nscale(parts.files),
    ...endpointProxy(parts.endpoints, dedicated),
    ...endpointManagement(parts.endpoints),
    hubAccount(parts.requireToken),
    hubModel,
    hubTokenizer,
    showFile(parts.files),
  ];
}
