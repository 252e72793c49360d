#!/bin/sh
# Makes the namespace unless it exists. Histories of workflows that ended are kept for 30 days: minutes, jobs and the ledger
# are elsewhere, and stay. A server that has just started may not answer yet, so it is asked some times.
set -eu
namespace() { temporal operator namespace "$@" --namespace "$TEMPORAL_NAMESPACE"; }
tries=1
until namespace describe > /dev/null 2>&1 || namespace create --retention 720h; do
  if [ "$tries" -ge 10 ]; then exit 1; fi
  tries=$((tries + 1))
  sleep 2
done
