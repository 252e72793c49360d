#!/bin/sh
# The image takes the password from a variable only. Set here, it is not part of the container's configuration.
set -eu
POSTGRES_PWD=$(cat /run/secrets/temporal_database_password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
