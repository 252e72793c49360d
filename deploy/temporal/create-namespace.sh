#!/bin/sh
# Makes the namespace unless it exists. Histories of workflows that ended are kept for 30 days: minutes, jobs and the ledger
# are elsewhere, and stay.
set -eu
if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h
fi
