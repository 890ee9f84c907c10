"""The process that reads an untrusted file: it limits itself, reads, prints one JSON object, and ends.

    python -m corpus.readers.child draft NAME CHARSET < file
    python -m corpus.readers.child shown NAME CHARSET < file
    python -m corpus.readers.child list NAME ADDRESS < file

Flows in: the file on standard input. Flows out: `{"draft": …}`, `{"shown": …}`, `{"list": …}` or `{"error", "remedy"}`.
Limits come first, before anything looks at the file.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from corpus.errors import CorpusError
from corpus.readers import Draft, listed_in, read_bytes, shown_by
from corpus.readers.guarded import HARM, MEMORY_BYTES, MOST_CHARACTERS, MOST_OUTPUT, MOST_SECTIONS, PROCESSOR_SECONDS

FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"}


def limit_this_process() -> None:
    """Memory, processor time, little to write, and no way out: no connection and no other program."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"a reader may not use {event}")


def check_size(name: str, draft: Draft, /) -> None:
    """Refuse what is too large to be an article.

    Raises:
        CorpusError: it is.
    """
    if len(draft.text) > MOST_CHARACTERS or len(draft.sections) > MOST_SECTIONS:
        raise CorpusError(
            f"{name} holds {len(draft.text):,} characters in {len(draft.sections):,} sections; "
            f"{MOST_CHARACTERS:,} and {MOST_SECTIONS:,} are the most.",
            remedy="Add its parts one by one.",
        )


def main() -> None:
    """Read what stands on standard input."""
    limit_this_process()
    what, name, said = sys.argv[1:]
    try:
        data = sys.stdin.buffer.read()
        if what == "list":
            result: dict[str, Any] = {"list": asdict(listed_in(data, base=said))}
        elif what == "shown":
            result = {"shown": [asdict(piece) for piece in shown_by(data, PurePath(name), charset=said)]}
        else:
            draft = read_bytes(data, PurePath(name), charset=said)
            check_size(name, draft)
            published = draft.published.isoformat() if draft.published else None
            result = {"draft": asdict(draft) | {"published": published}}
    except CorpusError as error:
        result = {"error": error.message, "remedy": error.remedy}
    except MemoryError:
        result = {"error": f"{name} takes more than {MEMORY_BYTES // 2**20} MB to read.", "remedy": HARM}
    except RecursionError:
        result = {"error": f"{name} is nested too deeply to read.", "remedy": HARM}
    # A lone surrogate cannot leave as UTF-8; as an escape it can, and is judged with the text.
    sys.stdout.write(json.dumps(result, ensure_ascii=True))


if __name__ == "__main__":
    main()
