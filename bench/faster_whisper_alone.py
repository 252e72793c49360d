"""faster-whisper alone on one recording, with the settings of the local server and no language named.

usage: faster_whisper_alone.py MODEL_FOLDER RECORDING THREADS

Prints one line of JSON: seconds and processor seconds of loading the model and of the transcription, and the text's characters.
"""

import json
import sys
import time
from pathlib import Path

from faster_whisper import WhisperModel

MODELS = Path(__file__).resolve().parent.parent / "local" / "inference-server" / "models"
sys.path.insert(0, str(MODELS))

from transcriber import COMPUTE_TYPE, DEFAULTS, FIXED  # noqa: E402


def measured(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {"seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}


def main(model_folder, recording, threads):
    model, load = measured(
        lambda: WhisperModel(
            model_folder,
            device="cpu",
            compute_type=COMPUTE_TYPE,
            cpu_threads=int(threads),
            local_files_only=True,
        )
    )
    segments, transcription = measured(
        lambda: list(model.transcribe(recording, **DEFAULTS, **FIXED)[0])
    )
    characters = sum(len(segment.text) for segment in segments)
    print(json.dumps({"load": load, "transcription": transcription, "characters": characters}))


main(*sys.argv[1:])
