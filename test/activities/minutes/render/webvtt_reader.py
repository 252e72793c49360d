"""Prints the cues of a WebVTT or SubRip file as webvtt-py reads them: JSON of [start, end, voice, text]."""

import json
import sys

import webvtt

path = sys.argv[1]
captions = webvtt.from_srt(path) if path.endswith('.srt') else webvtt.read(path)
print(json.dumps([[cue.start, cue.end, cue.voice, cue.text] for cue in captions]))
