import { CacheBusyError } from './cache-errors.ts';

/** One run under way for each tenant and key, shared by all who ask for it meanwhile. */
export interface SingleFlight<T> {
  /**
   * Joins the run under way or starts one, which is told whether it still counts: not any more once it is forgotten.
   * Throws `CacheBusyError` when as many are under way as may be.
   */
  readonly join: (
    tenant: string,
    key: string,
    start: (counts: () => boolean) => Promise<T>,
  ) => Promise<T>;
  /** Those who wait for the tenant's runs get their answers; whoever asks from now on starts anew. */
  readonly forgetTenant: (tenant: string) => void;
}

export function createSingleFlight<T>(options: { readonly most: number }): SingleFlight<T> {
  const flights = new Map<string, Promise<T>>();
  // Forgotten ones too: they hold memory until they end.
  let underWay = 0;

  const start = (id: string, run: (counts: () => boolean) => Promise<T>): Promise<T> => {
    if (underWay >= options.most) {
      throw new CacheBusyError(`${options.most} loads are under way; ask again later`);
    }
    underWay += 1;
    const flight: Promise<T> = Promise.resolve()
      .then(() => run(() => flights.get(id) === flight))
      .finally(() => {
        underWay -= 1;
        if (flights.get(id) === flight) flights.delete(id);
      });
    // Its callers may all have gone away; those who wait hear of the error.
    flight.catch(() => {});
    flights.set(id, flight);
    return flight;
  };

  return {
    join: async (tenant, key, run) => {
      const id = `${tenant}:${key}`;
      return flights.get(id) ?? start(id, run);
    },
    forgetTenant: (tenant) => {
      for (const id of flights.keys()) if (id.startsWith(`${tenant}:`)) flights.delete(id);
    },
  };
}
