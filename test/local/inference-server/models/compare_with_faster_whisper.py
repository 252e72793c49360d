"""The local server's Whisper beside faster-whisper as it is: python compare_with_faster_whisper.py TRANSCRIBER MODEL AUDIO

Prints one JSON object: for both the language, the segments, and how often a window was encoded.
"""

import json
import sys
from pathlib import Path

from faster_whisper import WhisperModel

transcriber_path, model_folder, recording = sys.argv[1:]
sys.path.insert(0, str(Path(transcriber_path).parent))

import transcriber  # noqa: E402


class Counted:
    """A loaded model that counts its encodings."""

    def __init__(self, model):
        self.model, self.encodings = model, 0

    def __getattr__(self, name):
        return getattr(self.model, name)

    def encode(self, *arguments, **options):
        self.encodings += 1
        return self.model.encode(*arguments, **options)


def described(whisper, recording):
    whisper.model = Counted(getattr(whisper.model, "model", whisper.model))
    segments, info = whisper.transcribe(recording, **transcriber.DEFAULTS, **transcriber.FIXED)
    return {
        "segments": [[one.start, one.end, one.text, one.avg_logprob] for one in segments],
        "language": info.language,
        "encodings": whisper.model.encodings,
    }


options = {"compute_type": transcriber.COMPUTE_TYPE, "cpu_threads": 1, "local_files_only": True}
plain = WhisperModel(model_folder, device="cpu", **options)
ours = transcriber.load_model(model_folder, 2)
print(json.dumps({"ours": described(ours, recording), "plain": described(plain, recording)}))
