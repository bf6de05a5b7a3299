"""The shared vectors: what the daemon masks, the shim masks before a line goes to stderr."""
import json
import pathlib

import pytest
from hantu_log import masking

FIXTURES = pathlib.Path(__file__).parents[3] / "Tests" / "Fixtures"
VECTORS = [json.loads(line) for line in (FIXTURES / "masking.jsonl").read_text("utf-8").splitlines()]
# Names and expressions of the daemon's configuration are not known to the shims.
BUILT_IN = [vector for vector in VECTORS if "configuration" not in vector]


def test_there_are_hundreds_of_vectors():
    assert len(BUILT_IN) > 450


@pytest.mark.parametrize("vector", BUILT_IN, ids=lambda vector: vector["name"])
def test_vector(vector):
    found = masking.mask(vector["text"]) if "text" in vector else masking.mask_value(vector["context"])
    assert found == vector["masked"]


@pytest.mark.parametrize("vector", BUILT_IN, ids=lambda vector: vector["name"])
def test_masking_twice_gives_what_once_gave(vector):
    masked = vector["masked"]
    assert (masking.mask(masked) if "text" in vector else masking.mask_value(masked)) == masked
