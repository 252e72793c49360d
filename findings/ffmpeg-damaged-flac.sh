#!/usr/bin/env bash
# ffmpeg drops damaged FLAC frames without an error, whatever one asks for.
#
# Versions:  ffmpeg 7.0.2, from PyPI's imageio-ffmpeg 0.6.0 (needs Python 3.9 or newer)
# Expected:  every FLAC frame has a checksum. With `-err_detect crccheck+explode -xerror` a frame with a wrong one ends
#            the decoding with a message and an exit code other than 0.
# Observed:  the frame is left out: the sound is shorter, everything behind the frame is too early, the exit code is 0,
#            and there is no message. The options make no difference.
# For us:    adapters/media/decode-recording.ts compares the length of the decoded sound with the length in the header.
#            Debian 12's ffmpeg 5.1 mostly decodes such a frame, or reports it if asked to, so the options stay.
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

"$ffmpeg" -v error -f lavfi -i sine=frequency=440:duration=10 -ar 16000 -ac 1 whole.flac
# Two bytes in the middle, inside the samples of a frame.
python3 - <<'PYTHON'
data = bytearray(open('whole.flac', 'rb').read())
middle = len(data) // 2
data[middle] ^= 0xFF
data[middle + 1] ^= 0xFF
open('damaged.flac', 'wb').write(data)
PYTHON

# decode FILE [OPTION…]: prints exit code, bytes of 16-bit samples, and the message or "no message".
decode() {
  local file=$1 code=0 message='no message'
  shift
  "$ffmpeg" -v error -y "$@" -i "$file" -f s16le samples.pcm 2>errors.txt || code=$?
  if [ -s errors.txt ]; then message=$(head -1 errors.txt); fi
  echo "exit code $code, $(stat -c %s samples.pcm) bytes, $message"
}
whole=$(decode whole.flac)
default=$(decode damaged.flac)
explode=$(decode damaged.flac -err_detect crccheck+explode)
xerror=$(decode damaged.flac -err_detect crccheck+explode -xerror)
printf '%-38s %s\n' 'undamaged:' "$whole" 'damaged:' "$default" \
  'damaged, crccheck+explode:' "$explode" 'damaged, crccheck+explode and -xerror:' "$xerror"

# 10 s at 16 kHz are 320000 bytes; the damaged frame has 1152 samples.
dropped='exit code 0, 317696 bytes, no message'
[ "$whole" = 'exit code 0, 320000 bytes, no message' ] && [ "$default" = "$dropped" ] &&
  [ "$explode" = "$dropped" ] && [ "$xerror" = "$dropped" ] || {
  echo CHANGED
  exit 1
}
