"""The server that everybody writes first: a FastAPI route around SentenceTransformer.

python -m tests.benchmarks.peers.naive_server GIVEN MODEL PORT
"""

import json
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from tests.benchmarks.peers.bare_sentence_transformers import load

app = FastAPI()
passages = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["passages"]
search = load(passages, sys.argv[2])


class Asked(BaseModel):
    turns: list[str]


@app.post("/api/ask")
def ask(asked: Asked) -> dict[str, list[str]]:
    return {"passages": [passages[row] for row in search(asked.turns[-1])]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="warning")
