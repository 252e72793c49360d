import type { z } from 'zod';
import type { PictureFormat } from '../kept-results.ts';
import type { Provider, Task } from '../models/catalogue.ts';
import type { PictureOrder } from '../picture-order.ts';
import type { Refuse } from '../refusal.ts';
import type { SpeechForm } from './transcriptions.ts';

/** What differs between OpenAI's API and the providers that copy it. */
export interface OpenAiDialect {
  readonly prefix: string;
  /** Its models by the catalogue; null: all of them. */
  readonly provider: Provider | null;
  readonly refuse: Refuse;
  /** Throws if the model is not served for the task. */
  readonly requireModel: (model: string, task: Task) => void;
  /** Comes to the JSON schema of the answer; null: plain text. */
  readonly responseFormat: z.ZodType<Readonly<Record<string, unknown>> | null>;
  readonly speech: Omit<SpeechForm, 'refuse' | 'requireModel'>;
  readonly images: ImageDialect;
  readonly headers: (task: Task) => Readonly<Record<string, string>>;
}

/** What differs between the servers that draw pictures. */
export interface ImageDialect {
  readonly schema: z.ZodType<{
    readonly model: string;
    readonly order: PictureOrder;
    readonly format: PictureFormat;
    readonly byUrl: boolean;
  }>;
  readonly body: (picture: object) => object;
}
