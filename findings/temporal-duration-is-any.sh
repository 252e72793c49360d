#!/usr/bin/env bash
# The type `Duration` of the Temporal SDK accepts any value.
#
# Versions:  @temporalio/common 1.24.0 (with its ms 3.0.0-canary.1), typescript 7.0.2
# Expected:  `Duration` is a string such as '10 minutes' or a number. An object or a typing error does not compile.
# Observed:  everything compiles. The declarations of @temporalio/common import the type `StringValue` from ms. ms has
#            declarations, but its `exports` do not name them, so TypeScript cannot find them and takes `any`. With
#            `skipLibCheck`, which most projects use, there is no message. Without it: TS7016.
# For us:    tsconfig.json maps `ms` to its declarations with `paths`, so a wrong timeout does not compile here.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent @temporalio/common@1.24.0 typescript@7.0.2

cat >probe.mts <<'TS'
import type { Duration } from '@temporalio/common';
export const object: Duration = { not: ['a', 'duration'] };
export const mistyped: Duration = '10 parsecs';
TS

changed=0
for resolution in nodenext bundler; do
  module=$([ "$resolution" = nodenext ] && echo nodenext || echo esnext)
  options=(--noEmit --strict --module "$module" --moduleResolution "$resolution")
  if npx tsc "${options[@]}" --skipLibCheck probe.mts; then
    echo "$resolution: both wrong values compile"
  else
    echo "$resolution: CHANGED, a wrong value is refused"
    changed=1
  fi
  if npx tsc "${options[@]}" probe.mts >errors.txt; then
    echo "$resolution: CHANGED, the declarations of ms are found"
    changed=1
  else
    grep -m1 -o "error TS7016: Could not find a declaration file for module 'ms'" errors.txt || changed=1
  fi
done
exit "$changed"
