"""What is asked: the labelled questions. Apart from Locust, whose import changes how a process does its networking."""

import json

from settings import PROJECT

QUESTIONS = [
    json.loads(line)["turns"]
    for line in (PROJECT / "tests" / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
]
