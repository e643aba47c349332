import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from luminalib.cli.main import COMMANDS

SRC = Path(__file__).resolve().parents[2] / "src" / "luminalib"
MAX_LINES = 300
VAGUE = {"utils", "helpers", "common", "base", "manager", "impl", "misc"}


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def test_files_are_short_and_named_for_what_they_hold() -> None:
    assert [str(path) for path in modules() if len(path.read_text().splitlines()) > MAX_LINES] == []
    assert [str(path) for path in modules() if path.stem in VAGUE] == []


def test_ports_are_abstract_and_implemented_in_adapters() -> None:
    """Every abstract class of the ports has an implementation, so that none is there for show."""
    ports = {
        node.name
        for path in (SRC / "ports").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and "ABC" in {ast.unparse(base) for base in node.bases}
    }
    implemented = {
        ast.unparse(base)
        for path in (SRC / "adapters").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    assert ports
    assert ports - implemented == set()


def test_a_feature_has_the_same_file_name_in_every_layer() -> None:
    layers = {layer: {path.stem for path in (SRC / layer).glob("*.py")} for layer in ("domain", "services", "api", "adapters/db")}
    for feature in ("auth", "books", "documents"):
        assert [layer for layer, names in layers.items() if feature not in names] == []


def test_routers_are_thin() -> None:
    """No route handler has more than a dozen statements: what is more belongs into a service."""
    long = [
        f"{path.name}:{node.name}"
        for path in (SRC / "api").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef) and any("router" in ast.unparse(d) for d in node.decorator_list)
        if sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1 > 12
    ]
    assert long == []


HEAVY = {
    *("sklearn", "scipy", "numpy", "networkx", "vaderSentiment", "onnxruntime"),
    *("openai", "ollama", "minio"),
    *("reportlab", "PIL", "lxml", "pypdf", "pypdfium2"),
}


SPARED = {"rich", "pygments", "email_validator", "jinja2", "httpcore", "phonenumbers", "price_parser"}


@pytest.mark.parametrize(("modules", "left"), [("luminalib.main", HEAVY), ("luminalib.lean, luminalib.cli.serve", HEAVY | SPARED)])
def test_a_server_imports_only_where_it_is_used(modules: str, left: set[str]) -> None:
    program = f"import sys, {modules}; print(*sorted({left!r} & {{name.partition('.')[0] for name in sys.modules}}))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert told == []


AFTERWARDS = """
import sys
from importlib import import_module
import luminalib.lean
from luminalib.cli.serve import SOON
print(*[name for name in SOON if name in sys.modules])
for name in SOON:
    import_module(name)
import cryptography.x509, email_validator, pygments, rich
print(*sorted(sys.modules))
"""


def test_what_a_start_leaves_out_can_be_imported_afterwards() -> None:
    told = subprocess.run([sys.executable, "-c", AFTERWARDS], capture_output=True, text=True, check=True).stdout.split("\n")
    assert told[0] == "", "nothing of it was there at first"
    assert {*told[1].split()} >= SPARED


def test_the_list_of_commands_imports_none_of_them() -> None:
    program = "import sys, luminalib.cli; print(*sorted(name for name in sys.modules if name.startswith('luminalib.')))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in told if not name.startswith("luminalib.domain")} == {"luminalib.cli", "luminalib.cli.main"}


def test_the_list_of_commands_names_what_there_is() -> None:
    for module, member, told in COMMANDS.values():
        assert hasattr(import_module(f"luminalib.cli.{module}"), member), module
        assert told.endswith(".")
