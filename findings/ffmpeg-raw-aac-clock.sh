#!/usr/bin/env bash
# ffmpeg's clock of a raw AAC stream (ADTS) runs wrong behind a change of the sample rate.
#
# Versions:  ffmpeg 7.0.2, from PyPI's imageio-ffmpeg 0.6.0 (needs Python 3.9 or newer)
# Expected:  two streams of 10 s each, one behind the other, last 20 s whatever their rates: each frame's header says its
#            rate, and has 1024 samples. The last time stamp is near 20 s.
# Observed:  every sample comes out, 20 s of sound. The time stamps count all frames by the rate of the first: 16 kHz and
#            then 48 kHz end at 40 s, the other way round at 13 s. Filters, seeking, subtitles and gaps that are filled
#            by time stamps (aresample=async=1) go by these.
# For us:    adapters/media/recording-parts.ts takes each rate of a raw AAC stream for a recording of its own, and each
#            begins where the samples of the one before it ended.
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

for rate in 16000 48000; do
  "$ffmpeg" -v error -f lavfi -i sine=frequency=440:duration=10 -ar $rate -ac 1 -f adts $rate.aac
done
cat 16000.aac 48000.aac >rising.aac
cat 48000.aac 16000.aac >falling.aac

# lengths FILE: whole seconds of decoded sound, and by the last time stamp.
lengths() {
  "$ffmpeg" -v error -y -i "$1" -ar 8000 -ac 1 -f s16le samples.pcm
  local stamps
  stamps=$("$ffmpeg" -v error -i "$1" -f null -progress - - | sed -n 's/^out_time_us=//p' | tail -1)
  echo "$(($(stat -c %s samples.pcm) / 16000)) s of sound, $((stamps / 1000000)) s by its time stamps"
}
rising=$(lengths rising.aac)
falling=$(lengths falling.aac)
printf '%-26s %s\n' '16 kHz, then 48 kHz:' "$rising" '48 kHz, then 16 kHz:' "$falling"
[ "$rising" = '20 s of sound, 40 s by its time stamps' ] &&
  [ "$falling" = '20 s of sound, 13 s by its time stamps' ] || {
  echo CHANGED
  exit 1
}
