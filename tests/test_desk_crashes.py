"""The desk killed at any moment: every article stays as it was before a change, or as it is after it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from settings import PROJECT

KILLS = int(os.environ.get("STRESS_KILLS", "12"))


def test_a_desk_that_is_killed_at_any_moment_leaves_every_article_old_or_new(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.killed_editor", str(tmp_path), str(KILLS), "5"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    print(seen)
    for promise in ("old or new, whole", "beside it whole", "lock free at once", "next change clean", "nothing left over"):
        assert seen[promise] == KILLS, seen
    assert seen["was cut off in the middle"] > 0, "no kill came at a moment that matters"
