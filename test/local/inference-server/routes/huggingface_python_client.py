"""Hugging Face's own client for Python against a local server: python huggingface_python_client.py URL TOKEN

Prints one JSON object: what each call answered, or {"error": ...}. The client is as it is installed; only the hosts of
its requests are changed, by the hub's variable and by the client's own hook for another HTTP transport.
"""

import io
import json
import os
import sys
import tempfile
import wave

URL, TOKEN = sys.argv[1:]
os.environ["HF_ENDPOINT"] = URL

import httpx2  # noqa: E402
from huggingface_hub import InferenceClient, set_client_factory  # noqa: E402
from PIL import Image  # noqa: E402


class LocalRouter(httpx2.HTTPTransport):
    def handle_request(self, request):
        local = httpx2.URL(URL)
        request.url = request.url.copy_with(scheme="http", host=local.host, port=local.port)
        request.headers["host"] = local.netloc.decode()
        return super().handle_request(request)


set_client_factory(
    lambda: httpx2.Client(
        mounts={"https://router.huggingface.co": LocalRouter()}, follow_redirects=True
    )
)

MESSAGES = [{"role": "user", "content": "We decided to paint the boat. It is blue."}]
SCHEMA = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "summary", "schema": SCHEMA}}
CHAT, SPEECH, PICTURES = "hansard/extractive-v1", "openai/whisper-base", "hansard/procedural-v1"
SAFETY, LABELS, VECTORS = "hansard/nsfwjs-mobilenet-v2-mid", "hansard/lexicon-v1", "hansard/hashing-v1"
COMPLETION, SUMMARY = "hansard/extractive-completion-v1", "hansard/extractive-summary-v1"
PROMPT = MESSAGES[0]["content"]


def wav(seconds):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(32000 * seconds))
    return file.getvalue()


def png():
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#888888").save(file, "PNG")
    return file.getvalue()


def saved(suffix, content):
    path = os.path.join(FOLDER.name, f"file{suffix}")
    with open(path, "wb") as file:
        file.write(content)
    return path


FOLDER = tempfile.TemporaryDirectory()
AUDIO, AUDIO_FILE = wav(6), saved(".wav", wav(6))
PICTURE, PICTURE_FILE = png(), saved(".png", png())


def client(provider=None, **options):
    return InferenceClient(provider=provider, api_key=TOKEN, **options)


def chat(one, **options):
    return one.chat_completion(MESSAGES, model=CHAT, max_tokens=200, **options)


def streamed(one):
    pieces = [event.choices[0].delta.content or "" for event in chat(one, stream=True)]
    return len(pieces) > 3 and "".join(pieces)


def size(picture):
    return list(picture.size)


def shape(vectors):
    return list(vectors.shape)


def labels(elements):
    return [element.label for element in elements]


def calls():
    for provider in ("auto", "hf-inference", "together", "deepinfra", "nscale"):
        one = client(provider)
        yield f"chat {provider}", lambda: chat(one).choices[0].message.content
        yield f"chat {provider} streamed", lambda: streamed(one)
        yield f"chat {provider} in a form", lambda: json.loads(
            chat(one, response_format=FORM).choices[0].message.content
        )
    for provider in ("hf-inference", "fal-ai", "replicate", "deepinfra"):
        one = client(provider)
        yield f"speech {provider}", lambda: one.automatic_speech_recognition(AUDIO, model=SPEECH).text
        yield f"speech {provider} of a file", lambda: one.automatic_speech_recognition(
            AUDIO_FILE, model=SPEECH
        ).text
    for provider in ("hf-inference", "fal-ai", "replicate", "together", "nscale"):
        one = client(provider)
        yield f"picture {provider}", lambda: size(
            one.text_to_image("a harbour", model=PICTURES, width=128, height=64, seed=7)
        )
    one = client("hf-inference")
    yield "safety", lambda: labels(one.image_classification(PICTURE, model=SAFETY))
    yield "safety of a file", lambda: labels(one.image_classification(PICTURE_FILE, model=SAFETY))
    yield "safety, best label", lambda: labels(
        one.image_classification(PICTURE, model=SAFETY, top_k=1)
    )
    yield "labels", lambda: one.text_classification("The launch was a success.", model=LABELS)[0].label
    yield "summary", lambda: one.summarization(PROMPT, model=SUMMARY).summary_text
    for provider in ("hf-inference", "together", "deepinfra"):
        one = client(provider)
        yield f"vectors {provider}", lambda: shape(
            one.feature_extraction(["a boat", "a house"], model=VECTORS)
        )
        yield f"completion {provider}", lambda: one.text_generation(
            PROMPT, model=COMPLETION, max_new_tokens=40
        )
    yield "one vector", lambda: shape(
        client("hf-inference").feature_extraction("a boat", model=VECTORS, normalize=True)
    )
    own = client(base_url=URL)
    yield "chat at an address", lambda: chat(own).choices[0].message.content
    yield "chat at an address streamed", lambda: streamed(own)
    tgi = client("hf-inference", model=f"{URL}/tgi")
    yield "completion by TGI", lambda: tgi.text_generation(PROMPT, max_new_tokens=40)
    yield "completion by TGI streamed", lambda: "".join(
        tgi.text_generation(PROMPT, max_new_tokens=40, stream=True)
    )
    yield "completion by TGI in detail", lambda: tgi.text_generation(
        PROMPT, max_new_tokens=40, details=True
    ).details.finish_reason
    yield "TGI is healthy", lambda: tgi.health_check()
    yield "TGI says its model", lambda: tgi.get_endpoint_info()["model_id"]

    def toolkit(model):
        return client(model=f"{URL}/toolkit/{model}")

    yield "speech by the toolkit", lambda: toolkit(SPEECH).automatic_speech_recognition(AUDIO_FILE).text
    yield "picture by the toolkit", lambda: size(
        toolkit(PICTURES).text_to_image("a harbour", width=128, height=64)
    )
    yield "safety by the toolkit", lambda: labels(toolkit(SAFETY).image_classification(PICTURE_FILE))
    yield "vectors by the toolkit", lambda: shape(toolkit(VECTORS).feature_extraction(["a", "b"]))
    yield "a wrong token", lambda: chat(InferenceClient(provider="together", api_key="hf_wrong"))


def outcome(call):
    try:
        return call()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


json.dump({name: outcome(call) for name, call in calls()}, sys.stdout)
