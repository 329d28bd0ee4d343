"""Imports point one way, and only the shell touches the world."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "corpus"

# Each folder or file may import from itself and from what stands before it.
ORDER = (
    "__init__", "errors", "schema", "codepoints", "validate", "read", "identify", "triggers", "normalize", "zones",
    "metadata", "assemble", "annotate", "mask", "groups", "chain", "check", "evaluate", "gold", "card", "version",
    "hub", "cli", "__main__",
)  # fmt: skip


def module_of(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("corpus"):
            names = node.module.split(".")[1:2] or [alias.name for alias in node.names]
            found |= {name if name in ORDER else "__init__" for name in names}
    return found


def test_imports_point_one_way():
    """A later room may use an earlier one, never the other way round."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in PACKAGE.rglob("*.py")
        for name in imported(path)
        if path.name != "__init__.py" or path.parent != PACKAGE
        if ORDER.index(name) > ORDER.index(module_of(path))
    ]
    assert wrong == []


def test_no_file_is_a_drawer():
    """Names say the thing; files stay short enough to read."""
    for path in PACKAGE.rglob("*.py"):
        assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}
        assert len(path.read_text("utf-8").splitlines()) <= 400, path
