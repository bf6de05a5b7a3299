"""docs/faults.md names tests that are there, for each row of the contract's table and each promise of the README."""
import os
import re

from harness.daemon import ROOT


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


def section(text, heading):
    return text.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]


def rows(text):
    """The cells of a table's rows, without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()
            if line.startswith("|")][2:]


def test_every_test_that_is_named_exists():
    page = read("docs", "faults.md")
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", page + read("README.md"))
    assert len(named) > 40
    for file, name in named:
        assert re.search(rf"^def {name}\(", read("Tests", "python", file), re.M), f"{file} has no {name}"
    for path in re.findall(r"`((?:Tests|Clients)/[\w/.]+)`", page):
        assert os.path.exists(os.path.join(ROOT, path)), path


def test_every_row_of_the_contract_and_every_promise_has_its_tests():
    page, contract, readme = read("docs", "faults.md"), read("docs", "contract.md"), read("README.md")
    covered = " ".join(row[0] for row in rows(section(page, "The contract's table")))
    for row in rows(section(contract, "7. Faults")):
        for part in re.split(r" \(|, power loss", row[0])[:1]:
            assert part in covered, part
    promises = [row[0] for row in rows(section(page, "The README's promises"))]
    for row in rows(section(readme, "What you can rely on")):
        assert re.sub(r" \(.*\)$", "", row[0]) in promises, row[0]
