"""The page that everybody writes first: a box of Gradio's, and SentenceTransformer behind it.

python -m tests.benchmarks.peers.naive_page GIVEN MODEL PORT
"""

import json
import sys
from pathlib import Path

import gradio as gr

from tests.benchmarks.peers.bare_sentence_transformers import load

passages = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["passages"]
search = load(passages, sys.argv[2])


def ask(question: str) -> str:
    return "\n\n".join(passages[row] for row in search(question))


with gr.Blocks() as page:
    box, found = gr.Textbox(), gr.Textbox()
    box.submit(ask, box, found)

page.launch(server_name="127.0.0.1", server_port=int(sys.argv[3]), quiet=True)
