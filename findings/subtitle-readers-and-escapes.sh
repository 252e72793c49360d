#!/usr/bin/env bash
# webvtt-py knows no escapes in WebVTT, which has them; media-captions knows them in SubRip, which has none.
#
# Versions:  webvtt-py 0.6.0 (PyPI), media-captions 1.0.4 (npm)
# Expected:  `&lt;` in WebVTT is `<`, as https://www.w3.org/TR/webvtt1/#webvtt-cue-text-parsing-rules says. In SubRip
#            it is these four characters.
# Observed:  the `text` of webvtt-py, which is without tags, still has `costs &lt; 5`. media-captions reads SubRip by the
#            rules of WebVTT, so that a talk about `&lt;` in HTML is a talk about `<`.
# For us:    activities/minutes/render/subtitles.ts writes the escapes of WebVTT, because browsers need them and a bare
#            `<` would cost words; whoever reads with webvtt-py calls `html.unescape`. In SubRip it writes an ampersand that
#            looks alike where an escape would begin.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check webvtt-py==0.6.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund media-captions@1.0.4
printf 'WEBVTT\n\n00:01.000 --> 00:02.000\ncosts &lt; 5\n' >talk.vtt
printf '1\n00:00:01,000 --> 00:00:02,000\nwrite &lt; here\n\n' >talk.srt
cat >read.mjs <<'SCRIPT'
import { readFileSync } from 'node:fs';
import { parseText, tokenizeVTTCue } from 'media-captions';
const { cues } = await parseText(readFileSync('talk.srt', 'utf8'), { type: 'srt' });
console.log(tokenizeVTTCue(cues[0])[0].data);
SCRIPT
result="webvtt-py, WebVTT:       $(venv/bin/python -c 'import webvtt; print(webvtt.read("talk.vtt")[0].text)')
media-captions, SubRip:  $(node read.mjs)"
echo "$result"
[ "$result" = 'webvtt-py, WebVTT:       costs &lt; 5
media-captions, SubRip:  write < here' ] || {
  echo CHANGED
  exit 1
}
