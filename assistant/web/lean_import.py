"""Imports Gradio without what only its developers need: half of its processor time, two thirds of its memory.

Gradio 6.31 writes a stub (`.pyi`) beside each of its components whenever it is imported: 1.2 s of parsing, to find that the
stub is there already. And it imports pandas, 66 MB, for tables that no page of ours has; here pandas is loaded when it is
first touched, by the standard library's own means. `tests/test_web_lean_import.py` notices when a release changes either.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import LazyLoader
from types import ModuleType

STUB_WRITER = "gradio.component_meta"
WHEN_TOUCHED = "pandas"


@contextmanager
def lean_import() -> Iterator[None]:
    """Inside of it Gradio is imported leanly; everything else as ever."""
    finder = _LeanFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _LeanFinder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None, /) -> ModuleSpec | None:
        """The usual module with another loader; `None`, which leaves it to the other finders, for most."""
        if name not in {STUB_WRITER, WHEN_TOUCHED}:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None and spec.origin is not None:
            spec.loader = LazyLoader(spec.loader) if name == WHEN_TOUCHED else _WithoutStubs(name, spec.origin)
        return spec


class _WithoutStubs(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then replace the function that each component calls."""
        super().exec_module(module)
        if not hasattr(module, "create_or_modify_pyi"):
            raise ImportError("this release of Gradio writes no stubs with create_or_modify_pyi: see lean_import.py")
        module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]
