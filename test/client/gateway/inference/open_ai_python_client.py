"""Asks the gateway with OpenAI's own client for Python, and prints what it was answered as JSON."""

import json
import sys
import urllib.request
import uuid

import openai

url, key, recording, faults = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
messages = [{"role": "user", "content": "Ann: We decided to hire a painter. Bob: I will call her on Monday."}]
schema = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}

chat = client.chat.completions.create(model="summarize", messages=messages, max_tokens=100)
stream = list(
    client.chat.completions.create(
        model="summarize",
        messages=messages,
        max_tokens=100,
        stream=True,
        stream_options={"include_usage": True},
    )
)
form = client.chat.completions.create(
    model="summarize",
    messages=messages,
    response_format={"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": schema}},
)
with open(recording, "rb") as file:
    heard = client.audio.transcriptions.create(
        file=file,
        model="transcribe",
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word"],
    )
subtitles = {}
for form_of in ["text", "srt", "vtt"]:
    with open(recording, "rb") as file:
        subtitles[form_of] = client.audio.transcriptions.create(
            file=file, model="transcribe", language="en", response_format=form_of
        )
vectors = client.embeddings.create(model="embed", input=["one", "two"])
floats = client.embeddings.create(model="embed", input=["one", "two"], encoding_format="float")
picture = client.images.generate(model="illustrate", prompt="a lighthouse at the sea", size="512x256")
url_of_picture = f"data:image/png;base64,{picture.data[0].b64_json}"
judged = client.moderations.create(
    model="moderate", input=[{"type": "image_url", "image_url": {"url": url_of_picture}}]
)


def code_of(kind, ask):
    """The code of the error of this class that the request ends with."""
    try:
        ask()
    except kind as error:
        return error.code
    return None


stranger = openai.OpenAI(base_url=url, api_key="sk-none", max_retries=0)
# The provider asks for a pause: the client keeps it by itself.
patient = openai.OpenAI(base_url=url, api_key=key, max_retries=3)
pause = {
    "role": "summarize",
    "nth": 1,
    "status": 429,
    "headers": {"retry-after": "3"},
    "body": {"error": "slow down"},
}
urllib.request.urlopen(
    urllib.request.Request(
        f"{faults}/local/faults",
        data=json.dumps([pause]).encode(),
        headers={"content-type": "application/json"},
        method="PUT",
    )
).close()
talk = [{"role": "user", "content": f"{messages[0]['content']} {uuid.uuid4()}"}]
retried = patient.chat.completions.create(model="summarize", messages=talk, max_tokens=100)

print(
    json.dumps(
        {
            "models": "summarize" in [model.id for model in client.models.list()],
            "chat": chat.choices[0].message.content,
            "stream": "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices),
            "usage": stream[-1].usage.completion_tokens > 5,
            "form": json.loads(form.choices[0].message.content),
            "retrieved": client.models.retrieve("extractive-v1").id,
            "word": heard.words[0].word,
            "text": subtitles["text"],
            "srt": subtitles["srt"].splitlines()[0],
            "vtt": subtitles["vtt"].splitlines()[0],
            "vectors": [len(one.embedding) for one in vectors.data],
            # Those of the first are sent as base64.
            "floats": all(abs(a - b) < 1e-6 for a, b in zip(vectors.data[0].embedding, floats.data[0].embedding)),
            "picture": picture.data[0].b64_json[:8],
            "flagged": [one.flagged for one in judged.results],
            "refused": code_of(
                openai.NotFoundError, lambda: client.chat.completions.create(model="gpt-5", messages=messages)
            ),
            "stranger": code_of(openai.AuthenticationError, lambda: stranger.models.list()),
            "unheard": code_of(
                openai.BadRequestError,
                lambda: client.audio.transcriptions.create(file=("a.mp3", b"nothing"), model="transcribe"),
            ),
            "retried": retried.choices[0].message.content,
        }
    )
)
