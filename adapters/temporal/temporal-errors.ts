/** No server answers at the address. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';
  readonly address: string;

  constructor(address: string, cause: unknown) {
    super(
      `no Temporal server answers at ${address}: start one (npm run local), or set TEMPORAL_ADDRESS`,
      { cause },
    );
    this.address = address;
  }
}

/** The server refuses the credentials. */
export class TemporalCredentialsError extends Error {
  override readonly name = 'TemporalCredentialsError';

  constructor(address: string, cause: unknown) {
    super(
      `the Temporal server at ${address} refuses the credentials: check TEMPORAL_API_KEY and TEMPORAL_TLS_*`,
      { cause },
    );
  }
}

/** The `TEMPORAL_*` variables, or the file that they name, are invalid. */
export class TemporalSettingsError extends Error {
  override readonly name = 'TemporalSettingsError';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the TEMPORAL_* settings cannot be read: ${reason}`, { cause });
  }
}

export class TemporalNamespaceError extends Error {
  override readonly name = 'TemporalNamespaceError';

  constructor(namespace: string, cause: unknown) {
    super(
      `the Temporal namespace ${namespace} does not exist: set TEMPORAL_NAMESPACE, or create it with: ` +
        `temporal operator namespace create --namespace ${namespace}`,
      { cause },
    );
  }
}
