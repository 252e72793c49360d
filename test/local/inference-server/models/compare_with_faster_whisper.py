"""The local server's Whisper beside faster-whisper as it is, on a part of a recording.

usage: compare_with_faster_whisper.py TRANSCRIBER MODEL_FOLDER [RECORDING START SECONDS] …

Prints one line of JSON for each part: for both the language, the segments, and how often a window was encoded.
"""

import json
import sys
from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

transcriber_path, model_folder, *parts = sys.argv[1:]
sys.path.insert(0, str(Path(transcriber_path).parent))

import transcriber  # noqa: E402

RATE = transcriber.SAMPLE_RATE


class Counted:
    """A loaded model that counts its encodings."""

    def __init__(self, model):
        self.model, self.encodings = model, 0

    def __getattr__(self, name):
        return getattr(self.model, name)

    def encode(self, *arguments, **options):
        self.encodings += 1
        return self.model.encode(*arguments, **options)


def described(whisper, samples):
    whisper.model = Counted(getattr(whisper.model, "model", whisper.model))
    segments, info = whisper.transcribe(samples, **transcriber.DEFAULTS, **transcriber.FIXED)
    return {
        "segments": [[one.start, one.end, one.text, one.avg_logprob] for one in segments],
        "language": info.language,
        "encodings": whisper.model.encodings,
    }


options = {"compute_type": transcriber.COMPUTE_TYPE, "cpu_threads": 1, "local_files_only": True}
plain = WhisperModel(model_folder, device="cpu", **options)
ours = transcriber.load_model(model_folder, 2)
for recording, start, seconds in zip(parts[::3], parts[1::3], parts[2::3]):
    first = int(float(start) * RATE)
    samples = decode_audio(recording, sampling_rate=RATE)[first : first + int(float(seconds) * RATE)]
    print(json.dumps({"ours": described(ours, samples), "plain": described(plain, samples)}))
