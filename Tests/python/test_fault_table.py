"""Every test that a document names as a proof is there."""
import os
import re

import pytest
from harness.daemon import ROOT


def sources():
    """The text of every test file by its name."""
    found = {}
    for start in ("Tests", os.path.join("Clients", "python", "tests")):
        for directory, _, names in os.walk(os.path.join(ROOT, start)):
            for name in names:
                if name.endswith((".py", ".swift")):
                    with open(os.path.join(directory, name), encoding="utf-8") as file:
                        found[name] = found.get(name, "") + file.read()
    return found


@pytest.mark.parametrize("page", ["README.md", "docs/faults.md"])
def test_every_test_that_is_named_is_there(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        named = re.findall(r"`([\w]+\.(?:py|swift))::([^`]+)`", file.read())
    assert named
    files = sources()
    missing = [f"{file}::{name}" for file, name in named
               if not re.search(rf"(def|func) `?{re.escape(name)}`?\(", files.get(file, ""))]
    assert missing == []
