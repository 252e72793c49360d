#!/usr/bin/env bash
# ffmpeg loses words of ordinary sentences when it reads WebVTT or SubRip.
#
# Versions:  ffmpeg 7.0.2, from PyPI's imageio-ffmpeg 0.6.0 (needs Python 3.9 or newer)
# Expected:  neither format knows backslashes or braces, and WebVTT has escapes for `<`, `>` and `&`. Subtitles that are
#            read and written again have the same text.
# Observed:  both become the markup of a third format (ASS) inside ffmpeg: `\n` in a path is a line break, `{{name}}` in
#            WebVTT loses its word, and `a < b and c > d` in SubRip loses "and c" as if it were a tag. From WebVTT to
#            WebVTT, `&lt;` comes out as a bare `<`, which the next reader takes for a tag.
# For us:    activities/minutes/render/subtitles.ts replaces backslashes, braces and brackets by characters that look
#            alike, where the format has no escape that all readers know.
#
# Exits 0 while this is so, 1 if it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1

# cue FORMAT TEXT: the text of one subtitle after ffmpeg has read it and written it in the same format.
cue() {
  case $1 in
    webvtt) printf 'WEBVTT\n\n00:01.000 --> 00:02.000\n%s\n' "$2" >in.vtt && "$ffmpeg" -v error -y -i in.vtt out.vtt ;;
    srt) printf '1\n00:00:01,000 --> 00:00:02,000\n%s\n\n' "$2" >in.srt && "$ffmpeg" -v error -y -i in.srt out.srt ;;
  esac
  # Everything behind the line of times, on one line.
  tr -d '\r' <"out.${1/webvtt/vtt}" | sed -n '/-->/,$p' | tail -n +2 | paste -sd '|' | sed 's/|*$//'
}
result=$(
  for format in webvtt srt; do
    echo "$format path:     $(cue $format 'Open C:\new now.')"
  done
  echo "webvtt braces:   $(cue webvtt 'Dear {{name}}, welcome.')"
  echo "webvtt escapes:  $(cue webvtt 'if a &lt; b')"
  echo "srt brackets:    $(cue srt 'if a < b and c > d then')"
)
echo "$result"
[ "$result" = 'webvtt path:     Open C:|ew now.
srt path:     Open C:|ew now.
webvtt braces:   Dear \\}, welcome.
webvtt escapes:  if a < b
srt brackets:    if a <b> d then</b>' ] || {
  echo CHANGED
  exit 1
}
