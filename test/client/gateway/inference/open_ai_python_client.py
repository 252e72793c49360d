"""Asks the gateway with OpenAI's own client for Python, and prints what it was answered as JSON."""

import json
import sys

import openai

url, key, recording = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
messages = [{"role": "user", "content": "Ann: We decided to hire a painter. Bob: I will call her on Monday."}]
schema = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}

chat = client.chat.completions.create(model="summarize", messages=messages, max_tokens=100)
stream = client.chat.completions.create(model="summarize", messages=messages, max_tokens=100, stream=True)
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
vectors = client.embeddings.create(model="embed", input=["one", "two"])
picture = client.images.generate(model="illustrate", prompt="a lighthouse at the sea", size="512x256")
try:
    client.chat.completions.create(model="gpt-5", messages=messages)
    refused = None
except openai.NotFoundError as error:
    refused = error.code

print(
    json.dumps(
        {
            "models": "summarize" in [model.id for model in client.models.list()],
            "chat": chat.choices[0].message.content,
            "stream": "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices),
            "form": json.loads(form.choices[0].message.content),
            "word": heard.words[0].word,
            "vectors": [len(one.embedding) for one in vectors.data],
            "picture": picture.data[0].b64_json[:8],
            "refused": refused,
        }
    )
)
