"""Imports Gradio without what only its developers need: half of its processor time, two thirds of its memory.

Gradio 6.31 writes a stub (`.pyi`) beside each of its components whenever it is imported: 1.2 s of parsing, to find that the
stub is there already. And it imports pandas, 66 MB, for tables that no page of ours has; here Gradio gets a stand-in, which
imports pandas when it is first touched. `tests/test_web_lean_import.py` notices when a release changes either.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

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
        if isinstance(sys.modules.get(WHEN_TOUCHED), _WhenTouched):
            del sys.modules[WHEN_TOUCHED]  # Gradio has it; others, who look there for pandas itself, should not


class _WhenTouched(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # asked of any module by whoever goes through them
        return getattr(import_module(self.__name__), name)


class _LeanFinder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None, /) -> ModuleSpec | None:
        """Where a module comes from; `None`, which leaves it to the other finders, for most."""
        if name == WHEN_TOUCHED:
            return ModuleSpec(name, self)
        if name != STUB_WRITER:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None:
            spec.loader = _WithoutStubs(name, spec.origin)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The stand-in."""
        return _WhenTouched(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


class _WithoutStubs(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then replace the function that each component calls."""
        super().exec_module(module)
        if not hasattr(module, "create_or_modify_pyi"):
            raise ImportError("this release of Gradio writes no stubs with create_or_modify_pyi: see lean_import.py")
        module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]
