"""What becomes of a plan in force, with nothing but the command: new versions, the plan above, the end."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ops.conftest import Run
from tests.integration.planner.province import PLAN

CONTEST = "- Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường."
NEW_TEXT = PLAN.replace("20/11/2025", "25/11/2025").replace(CONTEST, "- Tổ chức hội thao ngành giáo dục.")
APPROVAL = (
    ("officer", "step", "review"),
    ("officer", "step", "co-sign"),
    ("head", "sign"),
    ("chair", "sign"),
    ("officer", "step", "approve"),
)


async def show(run: Run, plan_id: str) -> Any:
    return json.loads((await run("officer", "plans", "show", plan_id, "--json")).out)


async def amend(run: Run, plan_id: str, *more: str | Path) -> str:
    """A new version of the plan. Returns its id."""
    said = await run("officer", "plans", "amend", plan_id, *more, "--json")
    assert (said.code, said.err) == (0, "")
    return str(json.loads(said.out)["plan_id"])


@pytest.fixture
async def in_force(run: Run, plan: str) -> str:
    """The id of a plan in force, with three items."""
    units = {"education": "AH-PL-PGD", "union": "AH-PL-LDLD"}
    for number, party in enumerate((await show(run, plan))["document"]["parties"], start=1):
        assert (await run("officer", "plans", "party", plan, str(number), units[party["role"]])).code == 0
    for who, *step in APPROVAL:
        said = await run(who, "plans", *step[:1], plan, *step[1:])
        assert (said.code, said.err) == (0, ""), step
    return plan


@pytest.fixture
def new_text(tmp_path: Path) -> Path:
    """The document of a new version: an item falls due later, another is replaced."""
    file = tmp_path / "new.txt"
    file.write_text(NEW_TEXT, "utf-8")
    return file


async def test_a_plan_is_amended_as_it_stands_with_the_reason(run: Run, in_force: str) -> None:
    second = await amend(run, in_force, "--reason", "đổi hạn [/b]")
    plan = await show(run, second)
    assert (plan["amends_id"], plan["version"], plan["state"]) == (in_force, 2, "DRAFT")
    assert plan["history"][0]["reason"] == "đổi hạn [/b]"
    told = json.loads((await run("officer", "plans", "difference", second, "--json")).out)
    assert [each["change"] for each in told] == ["kept", "kept", "kept"]
    again = (await run("officer", "plans", "amend", in_force)).line()
    assert again.startswith("already-amended: ")
    assert again.endswith(f"plan_id {second}")


async def test_the_difference_to_a_new_document_is_told_item_by_item(run: Run, in_force: str, new_text: Path) -> None:
    second = await amend(run, in_force, new_text)
    lines = [line.split() for line in (await run("officer", "plans", "difference", second)).out.splitlines()]
    told = [line for line in lines if line and line[0] in ("kept", "changed", "new", "withdrawn")]
    assert [line[:3] for line in told] == [
        ["kept", "1", "1"],
        ["changed", "2", "2"],
        ["new", "3", "Tổ"],
        ["withdrawn", "3", "Phát"],
    ]
    assert {"text,", "due"} <= set(told[1])
    assert (await run("officer", "plans", "difference", in_force)).line().startswith("no-version-before: ")


async def test_a_file_that_is_no_plan_is_named_and_amends_nothing(run: Run, in_force: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"one\n\xff\n")
    assert (await run("officer", "plans", "amend", in_force, bad)).line().startswith(f"{bad}:2: not-text: ")
    missing = (await run("officer", "plans", "amend", in_force, tmp_path / "nope")).line()
    assert missing == f"{tmp_path}/nope: No such file or directory"
    assert len((await show(run, in_force))["versions"]) == 1


async def test_a_person_says_which_item_continues_which(run: Run, in_force: str, new_text: Path) -> None:
    before = (await show(run, in_force))["item_ids"]
    second = await amend(run, in_force, new_text)
    assert (await run("officer", "plans", "relink", second, "3", "3")).code == 0
    assert (await show(run, second))["item_ids"] == before
    assert (await run("officer", "plans", "relink", second, "3", "new")).code == 0
    assert (await show(run, second))["item_ids"][2] not in before
    for number, continues, line in (
        ("4", "1", "version 2 has 3 items, and no number 4"),
        ("1", "4", "version 1 has 3 items, and no number 4"),
        ("3", "0", "version 1 has 3 items, and no number 0"),
    ):
        assert (await run("officer", "plans", "relink", second, number, continues)).line() == line
    assert (await run("officer", "plans", "relink", second, "3", "1")).line().startswith("already-continued: ")
    assert (await run("officer", "plans", "relink", in_force, "1", "1")).line() == "this is the plan's first version"


async def test_the_plan_above_is_set_and_taken_away(run: Run, in_force: str, tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text(PLAN + "\n", "utf-8")
    own = json.loads((await run("principal", "plans", "import", file, "--json")).out)[0]["plan"]
    for parent_id, kept in ((in_force, in_force), ("none", None)):
        said = await run("principal", "plans", "parent", own, parent_id)
        assert (said.code, said.err) == (0, "")
        assert json.loads((await run("principal", "plans", "show", own, "--json")).out)["parent_id"] == kept
    assert (await run("principal", "plans", "parent", own, own)).line().startswith("parent-unsuitable: ")


async def test_what_a_plan_asks_of_each_unit_and_what_goes_on_when_it_is_closed(run: Run, in_force: str) -> None:
    found = json.loads((await run("officer", "plans", "obligations", in_force, "--json")).out)
    assert found["units"] == {"AH-PL-LC1": 3, "AH-PL-TH1": 3}
    assert "AH-PL-LC1  3" in (await run("officer", "plans", "obligations", in_force)).out.replace("   ", "  ")
    unknown = (await run("officer", "plans", "close", in_force, "--carry-over", "4")).line()
    assert unknown == "version 1 has 3 items, and no number 4"
    said = await run("officer", "plans", "close", in_force, "--carry-over", "3", "--carry-over", "1")
    assert (said.code, said.err) == (0, "")
    assert (await show(run, in_force))["state"] == "CLOSED"
    [draft] = json.loads((await run("officer", "plans", "list", "--state", "DRAFT", "--json")).out)
    following = await show(run, draft["plan_id"])
    assert (following["follows_id"], len(following["item_ids"])) == (in_force, 2)
    assert (await run("officer", "plans", "close", in_force)).line().startswith("wrong-state: ")
    assert (await run("officer", "plans", "obligations", draft["plan_id"])).line().startswith("not-in-force: ")
