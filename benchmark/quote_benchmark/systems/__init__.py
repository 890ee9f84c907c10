"""Systems, one a file: `NAME.py` speaks for it, `NAME.txt` lists its packages, pinned (without one it needs none)."""
