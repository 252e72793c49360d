import pg from 'pg';

/**
 * Creates the database unless it exists. It knows the letters of all scripts and sorts by code points. One that an earlier
 * version made, with the locale C alone, is taught the letters.
 */
export async function ensureDatabase(
  urlOf: (database: string) => string,
  name: string,
): Promise<void> {
  await withClient(urlOf('postgres'), async (server) => {
    const letters = await findLetters(server);
    const found = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) {
      await server.query(
        `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0 LOCALE_PROVIDER builtin
         BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE ${pg.escapeLiteral(letters)}`,
      );
      return;
    }
    // Both sort by code points, so every index stays right.
    await server.query(
      `UPDATE pg_database SET datlocprovider = 'b', datlocale = 'C.UTF-8', datctype = $2
       WHERE datname = $1 AND datlocprovider = 'c' AND datcollate = 'C'`,
      [name, letters],
    );
  });
}

/** PostgreSQL's own full-text search asks the operating system what a letter is. Not every one has C.UTF-8 (macOS before 15). */
async function findLetters(server: pg.Client): Promise<string> {
  for (const locale of ['C.UTF-8', 'en_US.UTF-8']) {
    // The server takes only locales that the system has.
    const tried = server.query("SELECT set_config('lc_time', $1, false)", [locale]);
    const isKnown = await tried.then(
      () => true,
      () => false,
    );
    if (isKnown) return locale;
  }
  return 'C';
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
