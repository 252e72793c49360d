import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** What stand-ins are made of: programs that the registries of languages and Debian have. */
export interface StandInParts {
  /** Paths of programs. */
  readonly node: string;
  readonly npm: string;
  readonly temporalServer: string;
  readonly temporalSqlTool: string;
  readonly temporalCli: string;
  readonly uiServer: string;
  readonly versitygw: string;
  /** The folder of PostgreSQL's binaries, which npm installed. */
  readonly postgres: string;
  /** Folders with the source of a module, for what images hold besides programs. */
  readonly temporalSource: string;
  readonly uiSource: string;
  readonly versitygwSource: string;
}

type File = { readonly path: string } | { readonly text: string };

/** An image under the name of one that this machine cannot pull, with the same programs where they can be had. */
export interface StandIn {
  readonly name: string;
  /** What is in it, and how that differs. */
  readonly what: string;
  /** Paths in the context of the build. */
  readonly files: (parts: StandInParts) => Promise<Readonly<Record<string, File>>>;
  /** Behind its FROM, which is Debian with little in it. */
  readonly dockerfile: string;
}

export const TEMPORAL_MODULE = 'go.temporal.io/server@v1.32.0';
export const UI_MODULE = 'github.com/temporalio/ui-server/v2@v2.54.1';
export const VERSITYGW_MODULE = 'github.com/versity/versitygw@v1.8.0';

const apt = (...packages: readonly string[]) =>
  `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`;

/** The images that are made from Alpine have its shell, and programs such as wget. */
const LIKE_ALPINE = `${apt('busybox', 'ca-certificates')}
RUN ln -sf /bin/busybox /bin/sh && ln -s /bin/busybox /usr/local/bin/wget
RUN groupadd --gid 1000 temporal && useradd --uid 1000 --gid 1000 temporal`;

export const STAND_INS: readonly StandIn[] = [
  {
    name: 'node:24.21.0-bookworm-slim',
    what: "Node 24.21.0 from npm, this machine's npm, Debian 12",
    files: async ({ node, npm }) => ({
      node: { path: node },
      // npm is a link to PACKAGE/bin/npm-cli.js.
      npm: { path: join(await realpath(npm), '..', '..') },
    }),
    dockerfile: `RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
COPY npm /usr/local/lib/node_modules/npm
COPY node /usr/local/bin/node
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
`,
  },
  {
    name: 'temporalio/server:1.32.0',
    what: 'Temporal 1.32.0 built from its module, with the entry point in it; Debian and busybox in place of Alpine',
    files: async ({ temporalServer, temporalSource }) => ({
      'temporal-server': { path: temporalServer },
      'entrypoint.sh': { path: join(temporalSource, 'docker/scripts/sh/entrypoint.sh') },
    }),
    dockerfile: `${LIKE_ALPINE}
COPY temporal-server /usr/local/bin/
COPY entrypoint.sh /etc/temporal/
RUN chmod 755 /etc/temporal/entrypoint.sh
WORKDIR /etc/temporal
USER temporal
CMD ["/etc/temporal/entrypoint.sh"]
`,
  },
  {
    name: 'temporalio/admin-tools:1.32.0',
    what: 'temporal-sql-tool 1.32.0 built from its module; the Temporal CLI of the local stack, 1.5.1 or newer; Debian and busybox in place of Alpine',
    files: async ({ temporalSqlTool, temporalCli }) => ({
      'temporal-sql-tool': { path: temporalSqlTool },
      temporal: { path: temporalCli },
    }),
    dockerfile: `${LIKE_ALPINE}
COPY temporal-sql-tool temporal /usr/local/bin/
USER temporal
`,
  },
  {
    name: 'temporalio/ui:2.54.1',
    what: "Temporal's UI 2.54.1 built from its module, with the entry point and configuration in it; Debian and busybox in place of Alpine",
    files: async ({ uiServer, uiSource }) => ({
      'ui-server': { path: uiServer },
      'docker.yaml': { path: join(uiSource, 'config/docker.yaml') },
      'start-ui-server.sh': { path: join(uiSource, 'docker/start-ui-server.sh') },
    }),
    dockerfile: `${LIKE_ALPINE}
WORKDIR /home/ui-server
COPY ui-server start-ui-server.sh ./
COPY docker.yaml config/docker.yaml
RUN chmod 755 start-ui-server.sh && chown -R temporal:temporal .
USER temporal
ENTRYPOINT ["./start-ui-server.sh"]
`,
  },
  {
    name: 'versity/versitygw:v1.8.0',
    what: 'versitygw 1.8.0 built from its module, with the entry point in it; Debian and busybox in place of Alpine',
    files: async ({ versitygw, versitygwSource }) => ({
      versitygw: { path: versitygw },
      'docker-entrypoint.sh': { path: join(versitygwSource, 'docker-entrypoint.sh') },
    }),
    dockerfile: `${LIKE_ALPINE}
COPY versitygw docker-entrypoint.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/docker-entrypoint.sh
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
`,
  },
  {
    name: 'postgres:18.4-bookworm',
    what: "PostgreSQL 18.4 from npm, Debian's psql 15, and an entry point that does the part of the image's own that is used here",
    files: async ({ postgres }) => ({
      postgres: { path: postgres },
      'docker-entrypoint.sh': { text: POSTGRES_ENTRY_POINT },
    }),
    dockerfile: `RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 postgres
${apt('postgresql-client-15')}
COPY postgres /opt/postgres
RUN chmod 755 /opt/postgres/bin/*
COPY docker-entrypoint.sh /usr/local/bin/
ENV PATH=/opt/postgres/bin:/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/18/docker LANG=C.UTF-8
VOLUME /var/lib/postgresql
ENTRYPOINT ["docker-entrypoint.sh"]
`,
  },
  {
    name: 'redis:7.2.11-bookworm',
    what: 'Redis 7.0 of Debian 12 in place of 7.2.11',
    files: async () => ({}),
    dockerfile: `RUN groupadd --gid 999 redis && useradd --uid 999 --gid 999 redis
${apt('redis-server')}
WORKDIR /data
CMD ["redis-server"]
`,
  },
];

const POSTGRES_ENTRY_POINT = `#!/bin/bash
# As the entry point of the official image: become the user postgres, make the data folder once, and start.
set -euo pipefail
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres /var/lib/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
export POSTGRES_USER=postgres
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Word by word, as the image does.
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS --pgdata="$PGDATA"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" -o "-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql" --wait start
  for script in /docker-entrypoint-initdb.d/*.sh; do "$script"; done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
fi
exec postgres -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
`;
