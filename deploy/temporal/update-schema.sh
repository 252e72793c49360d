#!/bin/sh
# Brings Temporal's two databases to the schema of this version of its tools. Safe to run twice.
set -eu
SQL_PASSWORD=$(cat /run/secrets/temporal_database_password)
export SQL_PASSWORD
# update DATABASE SCHEMA
update() {
  tool() { temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database "$@"; }
  tool "$1" setup-schema --version 0.0
  tool "$1" update-schema --schema-name "postgresql/v12/$2"
}
update temporal temporal
update temporal_visibility visibility
