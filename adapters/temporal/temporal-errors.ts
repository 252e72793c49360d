/** No server answers at the address. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';
}

/** The server refuses the credentials. */
export class TemporalCredentialsError extends Error {
  override readonly name = 'TemporalCredentialsError';
}

/** The `TEMPORAL_*` variables, or the file that they name, are invalid. */
export class TemporalSettingsError extends Error {
  override readonly name = 'TemporalSettingsError';
}

export class TemporalNamespaceError extends Error {
  override readonly name = 'TemporalNamespaceError';
}
