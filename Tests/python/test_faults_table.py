"""docs/faults.md names tests that are there, for each row of the contract's table and each promise of the README, and the
state that they look for."""
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


STATES = ["STOPPING", "EMERGENCY", "CRITICAL", "PARTIAL", "DEGRADED", "WARNING"]


def table(heading):
    """A table's rows as (fault, what happens, state, tests)."""
    found = rows(section(read("docs", "faults.md"), heading))
    assert all(len(row) == 4 and all(row) for row in found), found
    return found


def test_every_row_has_the_contracts_state():
    promised = {re.split(r" \(|, power loss", row[0])[0]: row[2] for row in rows(section(read("docs", "contract.md"), "7. Faults"))}
    for fault, _, state, _ in table("The contract's table"):
        for name, expected in promised.items():
            if fault.startswith(name):
                assert expected in state, f"{fault}: {state} instead of {expected}"


def test_the_tests_of_a_row_look_for_its_state():
    for fault, _, state, tests in table("The contract's table") + table("What else goes wrong"):
        wanted = [word for word in STATES if re.search(rf"\b{word}\b", state) and f"all of the {word}" not in state]
        sources = "\n".join(source(*named) for named in re.findall(r"`(test_\w+\.py)::(\w+)`", tests))
        for word in wanted:
            assert word in sources, f"{fault}: no test looks for {word}"
        if not wanted and state != "-":
            assert "READY" in state, fault


def source(file, name):
    """A test function's text, with the fixtures and helpers of its file that it names."""
    text = read("Tests", "python", file)
    functions = dict(re.findall(r"^def (\w+)(\(.*?)(?=^\S|\Z)", text, re.M | re.S))
    body = functions[name]
    return body + "".join(functions[other] for other in functions if other != name and re.search(rf"\b{other}\b", body))
