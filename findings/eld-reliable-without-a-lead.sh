#!/usr/bin/env bash
# eld calls a language reliable that leads the second one by nothing.
#
# Versions:  eld 2.1.0 (needs Node.js 20 or newer)
# Expected:  `isReliable()` is false where two languages are within 0.01 of each other, as its code intends:
#            `0.01 > Math.abs(results[0][1] - nextScore)`.
# Observed:  `nextScore` is `results[1][0]`, which is the number of the second language and not its score. The lead is
#            never looked at: a Spanish phrase is reliably Portuguese by 0.003, a Ukrainian one reliably Russian by less.
# For us:    activities/transcript/detect-language.ts compares the two best scores itself.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund eld@2.1.0
cat >detect.mjs <<'SCRIPT'
import { eld } from 'eld/small';
for (const text of ['segunda semana de', 'перенести запуск']) {
  const result = eld.detect(text);
  const [first, second] = Object.entries(result.getScores());
  const lead = (first[1] - second[1]).toFixed(3);
  console.log(`${text}: ${first[0]} leads ${second[0]} by ${lead}, reliable: ${result.isReliable()}`);
}
SCRIPT
result=$(node detect.mjs)
echo "$result"
[ "$result" = 'segunda semana de: pt leads es by 0.003, reliable: true
перенести запуск: ru leads uk by 0.000, reliable: true' ] || {
  echo CHANGED
  exit 1
}
