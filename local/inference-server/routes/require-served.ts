import { taskRefusal } from '../http/refusal.ts';
import { modelOf, type CatalogueModel, type Provider } from '../models/catalogue.ts';

/** The router itself refuses a model that the provider has not got, in its own words. */
export const requireServed =
  (provider: Provider, task: CatalogueModel['task']) =>
  (name: string): void => {
    if (modelOf(provider, name)?.task === task) return;
    throw taskRefusal(400, `Model not supported by provider ${provider}`);
  };
