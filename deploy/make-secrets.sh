#!/bin/sh
# Makes the secrets of docker-compose.yml in the folder deploy/secrets, each of 32 random bytes. What is there stays as it is.
# The folder is closed to other users of this machine; the files in it are not, because each container reads its own as
# another user.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# make NAME VALUE
make() {
  if [ -e "secrets/$1" ]; then return; fi
  printf '%s\n' "$2" > "secrets/$1.new"
  chmod 644 "secrets/$1.new"
  mv "secrets/$1.new" "secrets/$1"
  echo "deploy/secrets/$1"
}

make postgres_password "$(random)"
make temporal_database_password "$(random)"
make hansard_database_password "$(random)"
make database_url "postgresql://hansard:$(cat secrets/hansard_database_password)@postgres:5432/hansard"
make redis_password "$(random)"
make redis_url "redis://:$(cat secrets/redis_password)@redis:6379"
make redis_config "requirepass $(cat secrets/redis_password)"
make cache_secret "$(random)"
make s3_access_key "hansard$(random | cut -c1-13)"
make s3_secret_key "$(random)"
# Hugging Face's token, from https://huggingface.co/settings/tokens: write it into this file yourself.
make hf_token ''
