"""faster-whisper behind pipes: one JSON line and the audio's bytes in, one JSON line out.

In:  {"id": 1, "bytes": 1234, "limitSeconds": null, "options": {"language": null, ...}}\n followed by 1234 bytes
Out: {"languages": [...]} once, then {"id": 1, "transcription": {...}} or {"id": 1, "error": {...}}; a short audio's answer may
overtake that of a long one before it.
Exits when stdin ends, even in the middle of a transcription: the server that started it has ended.
"""

import io
import json
import os
import queue
import signal
import sys
import threading

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

SAMPLE_RATE = 16000

COMPUTE_TYPE = "int8"
# One temperature, without fallbacks: above 0 tokens are drawn at random, and answers are not repeatable.
DEFAULTS = {"temperature": 0, "beam_size": 1}
# A hallucination in one window must not influence the next one.
FIXED = {"condition_on_previous_text": False}


# A language that is likelier than this is the same with and without the frame of padding, which shifts it by some 0.04.
SURE = 0.6


class EncodeOnce(WhisperModel):
    """Encodes a window once, for its language and for its words: encoding takes as long as all else."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.latest = threading.local()

    def detect_language(self, audio=None, features=None, **options):
        # Behind the audio's frames there is one of padding, which no window has, and with which faster-whisper detects.
        frames = max(1, features.shape[-1] - 1)
        detected = super().detect_language(audio, features[..., :frames], **options)
        if detected[1] > SURE:
            return detected
        window = self.latest.window
        detected = super().detect_language(audio, features, **options)
        self.latest.window = window
        return detected

    def encode(self, features):
        known = getattr(self.latest, "window", None)
        if known is not None and np.array_equal(known[0], features):
            return known[1]
        output = super().encode(features)
        self.latest.window = features.copy(), output
        return output


def load_model(folder, workers):
    # Each worker has one thread: two threads are hardly faster than one, and two workers share the weights.
    return EncodeOnce(
        folder,
        device="cpu",
        compute_type=COMPUTE_TYPE,
        cpu_threads=1,
        num_workers=workers,
        local_files_only=True,
    )


def main(model_folder, workers):
    # Ctrl-C reaches the whole process group; the server finishes its running calls and then closes stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # faster-whisper's progress and warnings belong on stderr; stdout carries answers only.
    answers, sys.stdout = sys.stdout, sys.stderr
    one_at_a_time = threading.Lock()

    def answer(message):
        with one_at_a_time:
            answers.write(json.dumps(message) + "\n")
            answers.flush()

    model = load_model(model_folder, int(workers))
    answer({"languages": model.supported_languages})
    requests = queue.Queue()

    def work():
        while True:
            request, audio = requests.get()
            try:
                answer({"id": request["id"], **transcribe(model, request, audio)})
            except Exception as error:  # one bad request must not end the process
                answer({"id": request["id"], "error": {"kind": "failed", "message": str(error)}})

    for _ in range(int(workers)):
        threading.Thread(target=work, daemon=True).start()
    read_requests(requests)


def read_requests(requests):
    source = sys.stdin.buffer
    while line := source.readline():
        request = json.loads(line)
        audio = source.read(request["bytes"])
        if len(audio) < request["bytes"]:
            break
        requests.put((request, audio))
    os._exit(0)


def transcribe(model, request, audio):
    try:
        samples = decode_audio(io.BytesIO(audio), sampling_rate=SAMPLE_RATE)
    except Exception as error:
        return {"error": {"kind": "unreadable", "message": type(error).__name__}}
    duration = len(samples) / SAMPLE_RATE
    if duration == 0:
        return {"error": {"kind": "unreadable", "message": "no samples"}}
    limit = request["limitSeconds"]
    if limit is not None and duration > limit:
        return {"error": {"kind": "tooLong", "message": f"{duration:.1f} s"}}
    segments, info = model.transcribe(
        samples, **{**DEFAULTS, **request["options"], **FIXED}
    )
    return {
        "transcription": {
            "language": info.language,
            "durationSeconds": round(duration, 3),
            "segments": [to_json(segment) for segment in segments],
        }
    }


def to_json(segment):
    return {
        "seek": int(segment.seek),
        "text": segment.text,
        **times(segment),
        "tokens": [int(token) for token in segment.tokens],
        "temperature": float(segment.temperature or 0),
        "avg_logprob": round(float(segment.avg_logprob), 4),
        "compression_ratio": round(float(segment.compression_ratio), 4),
        "no_speech_prob": round(float(segment.no_speech_prob), 4),
        "words": [{"word": word.word, **times(word)} for word in segment.words or []],
    }


def times(span):
    return {"start": round(float(span.start), 3), "end": round(float(span.end), 3)}


if __name__ == "__main__":
    main(*sys.argv[1:])
