"""faster-whisper behind pipes: one JSON line and the audio's bytes in, one JSON line out.

In:  {"id": 1, "bytes": 1234, "limitSeconds": null, "options": {"language": null, ...}}\n followed by 1234 bytes
Out: {"languages": [...]} once, then {"id": 1, "transcription": {...}} or {"id": 1, "error": {...}}
Exits when stdin ends, even in the middle of a transcription: the server that started it has ended.
"""

import io
import json
import os
import queue
import signal
import sys
import threading

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

SAMPLE_RATE = 16000


def main(model_folder):
    # Ctrl-C reaches the whole process group; the server finishes its running calls and then closes stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # faster-whisper's progress and warnings belong on stderr; stdout carries answers only.
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    # int8 on one thread: a second thread was no faster on two cores.
    model = WhisperModel(
        model_folder, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )
    answer({"languages": model.supported_languages})
    requests = queue.Queue()
    threading.Thread(target=read_requests, args=(requests,), daemon=True).start()
    while True:
        request, audio = requests.get()
        try:
            answer({"id": request["id"], **transcribe(model, request, audio)})
        except Exception as error:  # one bad request must not end the process
            answer({"id": request["id"], "error": {"kind": "failed", "message": str(error)}})


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
        samples,
        # One temperature, without fallbacks: above 0 tokens are drawn at random, and answers are not repeatable.
        **{"temperature": 0, "beam_size": 1, **request["options"]},
        # A hallucination in one window must not influence the next one.
        condition_on_previous_text=False,
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
    main(sys.argv[1])
