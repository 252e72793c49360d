#!/usr/bin/env bash
# Where the channels of a stream change, ffmpeg's aresample=first_pts puts in as much silence as has passed.
#
# Versions:  ffmpeg 7.0.2, from PyPI's imageio-ffmpeg 0.6.0 (needs Python 3.9 or newer)
# Expected:  `aresample=async=1:first_pts=0` fills what is missing before the first sample of the output. Ten seconds of
#            mono and then ten of stereo have nothing missing: 20 s.
# Observed:  30 s. At the change ffmpeg builds the filters anew; the second aresample begins at first_pts as well, sees
#            its first frame at 10 s, and fills the ten seconds before it. Without first_pts it is 20 s.
# For us:    adapters/media/decode-stream.ts decodes without first_pts, and puts what is missing at the beginning in
#            front of the samples afterwards.
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

for channels in 1 2; do
  "$ffmpeg" -v error -f lavfi -i sine=frequency=440:duration=10 -ar 48000 -ac $channels -f adts $channels.aac
done
cat 1.aac 2.aac >changing.aac

# seconds FILTER: whole seconds that come out.
seconds() {
  "$ffmpeg" -v fatal -y -i changing.aac -af "pan=mono|c0=c0,$1" -f s16le samples.pcm
  echo "$(($(stat -c %s samples.pcm) / 32000))"
}
without=$(seconds aresample=16000:async=1)
with=$(seconds aresample=16000:async=1:first_pts=0)
echo "without first_pts: $without s, with first_pts=0: $with s"
[ "$without" = 20 ] && [ "$with" = 30 ] || {
  echo CHANGED
  exit 1
}
