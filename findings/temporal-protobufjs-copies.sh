#!/usr/bin/env bash
# Reading a Temporal history from JSON fails if npm installs two copies of protobufjs.
#
# Versions:  @temporalio/client, common and proto 1.24.0, protobufjs 8.8.1
# Expected:  `historyFromJSON`, and with it `Worker.runReplayHistory` with JSON, works after a plain `npm install`.
# Observed:  `TypeError: type must be a Type`. @grpc/proto-loader needs protobufjs 7, and npm places that one at the root.
#            @temporalio/common and @temporalio/proto then have a nested copy of protobufjs 8 each, and a message type
#            of one copy is not an `instanceof` the class of the other. With protobufjs 8 as a direct dependency both
#            share the copy at the root, and it works.
# For us:    docs/decisions/0001-protobufjs-is-a-direct-dependency.md
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
install() { npm install --no-audit --no-fund --ignore-scripts --silent "$@"; }

cat >read-history.mjs <<'JS'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
const event = {
  eventId: '1',
  eventTime: '2026-01-01T00:00:00Z',
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  workflowExecutionStartedEventAttributes: { workflowType: { name: 'example' } },
};
try {
  console.log(`read ${historyFromJSON({ events: [event] }).events.length} event`);
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
JS

install @temporalio/client@1.24.0 @temporalio/common@1.24.0 @temporalio/proto@1.24.0
plain=$(node read-history.mjs)
echo "as installed:               $plain"
install protobufjs@8.8.1
direct=$(node read-history.mjs)
echo "with protobufjs 8 at root:  $direct"

[ "$plain" = 'TypeError: type must be a Type' ] && [ "$direct" = 'read 1 event' ] || {
  echo CHANGED
  exit 1
}
