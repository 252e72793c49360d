#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: a user of their own for Hansard and for Temporal, and their databases.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat /run/secrets/hansard_database_password`
CREATE ROLE hansard LOGIN PASSWORD :'password';
CREATE DATABASE hansard OWNER hansard;
\set password `cat /run/secrets/temporal_database_password`
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE hansard, temporal, temporal_visibility FROM PUBLIC;
SQL
