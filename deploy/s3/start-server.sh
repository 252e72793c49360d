#!/bin/sh
# The server takes its credentials from variables only. Set here, they are not part of the container's configuration.
set -eu
ROOT_ACCESS_KEY=$(cat /run/secrets/s3_access_key)
ROOT_SECRET_KEY=$(cat /run/secrets/s3_secret_key)
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
mkdir -p /data/objects /data/versions
exec versitygw --port :7070 --health /health --keep-alive --quiet \
  posix --versioning-dir /data/versions /data/objects
