"""What is installed: a typed wheel without dependencies, small, and quick to import."""
import ast
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tokenize
import zipfile

import pytest

PACKAGE = pathlib.Path(__file__).parents[1]


@pytest.mark.once
def test_types_are_strict():
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-incremental", "--config-file", str(PACKAGE / "pyproject.toml"), str(PACKAGE / "src")],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.once
def test_the_wheel_is_whole_and_works(tmp_path):
    copy = shutil.copytree(PACKAGE, tmp_path / "source", ignore=shutil.ignore_patterns("tests", "build", "*.egg-info"))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--disable-pip-version-check", "--wheel-dir", str(tmp_path), str(copy)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    wheel = next(tmp_path.glob("hantu_log-*-py3-none-any.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    modules = {f"hantu_log/{file.name}" for file in (PACKAGE / "src" / "hantu_log").glob("*.py")}
    assert modules | {"hantu_log/py.typed"} <= names
    assert "Requires-Dist" not in metadata and "Requires-Python: >=3.9" in metadata
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    code = "import hantu_log; print(hantu_log.__file__, hantu_log.get_logger('a').name)"
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
    assert str(wheel) in out


def test_importing_starts_nothing_and_brings_little():
    code = """
import logging, sys, threading
before = set(sys.modules)
import hantu_log
brought = {name.partition(".")[0] for name in set(sys.modules) - before}
assert threading.active_count() == 1
assert not brought & {"asyncio", "inspect", "uuid", "multiprocessing", "concurrent", "subprocess"}, brought
assert "hantu_log.masking" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(PACKAGE / "src")})


def lines_of_code(path):
    """How many lines hold code: no blank line, comment or docstring."""
    source = path.read_text("utf-8")
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node):
            lines.difference_update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


@pytest.mark.once
def test_it_stays_thin():
    modules = {path.stem: lines_of_code(path) for path in (PACKAGE / "src" / "hantu_log").glob("*.py")}
    # The masker has the daemon's rules once more, and isn't loaded unless something goes to stderr.
    masking = modules.pop("masking")
    assert sum(modules.values()) <= 660 and masking <= 170, (modules, masking)
