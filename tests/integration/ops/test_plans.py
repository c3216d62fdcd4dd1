"""An office takes a document from its file to the approval with nothing but the command."""

import json
from pathlib import Path

import pytest

from contracts.units import UnitKind
from services.kit.database import Database
from tests.integration.ops.conftest import Run
from tests.integration.planner.province import PEOPLE, PLAN, UNITS
from tests.integration.tracker.world import World, item, unit
from tests.support.workbooks import workbook
from tests.unit.ops.command import Phoihop


async def test_from_the_file_to_the_approval(run: Run, plan: str) -> None:
    shown = json.loads((await run("officer", "plans", "show", plan, "--json")).out)
    assert [party["unit_id"] for party in shown["document"]["parties"]] == [None, None]
    units = {"education": "AH-PL-PGD", "union": "AH-PL-LDLD"}
    for number, party in enumerate(shown["document"]["parties"], start=1):
        said = await run("officer", "plans", "party", plan, str(number), units[party["role"]])
        assert (said.code, said.err) == (0, "")
    for who, *step in (
        ("officer", "step", plan, "review"),
        ("officer", "step", plan, "co-sign"),
        ("head", "step", plan, "refuse", "--reason", "[/b]"),
        ("officer", "step", plan, "co-sign"),
        ("head", "sign", plan),
        ("chair", "sign", plan),
        ("officer", "step", plan, "approve"),
    ):
        said = await run(who, "plans", *step)
        assert (said.code, said.err) == (0, ""), step
    text = (await run("officer", "plans", "show", plan)).out
    for words in ("APPROVED", "AH-PL-PGD", "AH-PL-LDLD", "2 signatures", "head", "chair", "2 units, 6 tasks"):
        assert words in text
    now = json.loads((await run("officer", "plans", "show", plan, "--json")).out)
    before = shown["document"]
    for party in before["parties"]:
        party["unit_id"] = units[party["role"]]
    before["origins"] = [origin for origin in before["origins"] if not origin["field"].startswith("parties")]
    assert now["document"] == before
    assert now["reach_now"] == now["reach"]


async def test_the_reasons_of_a_refusal_are_told(run: Run, plan: str) -> None:
    assert (await run("officer", "plans", "step", plan, "review")).code == 0
    line = (await run("officer", "plans", "step", plan, "co-sign")).line()
    assert line.startswith("plan-incomplete: 2 things in the plan do not hold; ")
    assert "party-without-unit parties.1.unit_id: Chưa xác định đơn vị" in line
    assert "party-without-unit parties.2.unit_id: Chưa xác định đơn vị" in line


async def test_a_party_or_unit_that_is_not_there(run: Run, plan: str) -> None:
    assert (await run("officer", "plans", "party", plan, "3", "AH")).line() == "the plan has 2 parties, and no number 3"
    line = (await run("officer", "plans", "party", plan, "1", "NOPE")).line()
    assert "unit-unknown parties.1.unit_id: " in line
    line = (await run("officer", "plans", "party", plan, "1", "[/b]")).line()
    assert "parties.0.unit_id: " in line


async def test_one_may_say_for_which_party(run: Run, plan: str) -> None:
    for number in ("1", "2"):  # both are the office, so that its head may sign for either
        await run("officer", "plans", "party", plan, number, "AH-PL-PGD")
    for step in ("review", "co-sign"):
        await run("officer", "plans", "step", plan, step)
    assert (await run("head", "plans", "sign", plan)).line().startswith("party-ambiguous: ")
    assert (await run("head", "plans", "sign", plan, "--party", "3")).line().startswith("not-entitled: ")
    assert (await run("head", "plans", "sign", plan, "--party", "2")).code == 0
    shown = json.loads((await run("head", "plans", "show", plan, "--json")).out)
    assert [signature["party"] for signature in shown["signatures"]] == [2]


@pytest.mark.usefixtures("office")
async def test_every_file_of_an_import_is_accounted_for(run: Run, tmp_path: Path) -> None:
    names = ["a.txt", "empty.txt", "nope.txt", "[bold]b.txt", "bad.txt", "a-again.txt"]
    files = [tmp_path / name for name in names]
    for name in ("a.txt", "a-again.txt"):
        (tmp_path / name).write_text(PLAN, "utf-8")
    (tmp_path / "[bold]b.txt").write_text(PLAN + "\n", "utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "bad.txt").write_bytes(b"one\n\xff\n")
    said = await run("officer", "plans", "import", *files)
    assert said.code == 2
    stored = [line.split() for line in said.out.splitlines()]
    assert [line[2] for line in stored] == [str(files[0]), str(files[3])]
    empty, nope, bad, again = said.err.splitlines()
    assert empty.startswith(f"phoihop: {files[1]}: no-text: ")
    assert nope == f"phoihop: {files[2]}: No such file or directory"
    assert bad.startswith(f"phoihop: {files[4]}:2: not-text: ")
    assert again.startswith(f"phoihop: {files[5]}: already-imported: ")
    assert again.endswith(f"plan_id {stored[0][0]}")
    listed = (await run("officer", "plans", "list")).out
    assert {line[0] for line in stored} <= set(listed.split())


@pytest.mark.usefixtures("office")
async def test_an_import_as_json_tells_what_was_stored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAN, "utf-8")
    said = await run("officer", "plans", "import", tmp_path / "nope.txt", tmp_path / "a.txt", "--json")
    assert said.code == 2
    assert [row["file"] for row in json.loads(said.out)] == [str(tmp_path / "a.txt")]


async def test_faults_of_a_directory_are_named_by_path_and_line(
    phoihop: Phoihop, planner: str, run: Run, tmp_path: Path
) -> None:
    phoihop.set(PLANNER_URL=planner)
    units, people = tmp_path / "[/b]" / "units-2025.csv", tmp_path / "people-2025.csv"
    units.parent.mkdir(parents=True)
    units.write_text(UNITS.replace("AH-TK,area", "AH-TK,areaa").replace("school,AH-TK", "scool,AH-TK"), "utf-8")
    people.write_text("person_id,unit_id,role,name,email,valid_from,valid_to\np,NOPE,officer,N,,2020-01-01,\n", "utf-8")
    said = await run("operator", "units", "import", units, "--people", people)
    assert (said.code, said.out) == (2, "")
    faults = said.err.splitlines()
    assert any(line.startswith(f"phoihop: {units}:13: kind: ") for line in faults)
    assert any(line.startswith(f"phoihop: {people}:2: unit_id: ") for line in faults)
    assert all(line.startswith((f"phoihop: {units}:", f"phoihop: {people}:")) for line in faults)


@pytest.mark.usefixtures("office")
async def test_a_workbook_is_imported_and_each_row_told(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "directory.xlsx"
    book.write_bytes(workbook(units=UNITS.replace("Trường cũ", "Trường xưa"), people=PEOPLE))
    said = await run("operator", "units", "import", book, "--dry-run")
    assert said.code == 0, said.err
    assert [line.split() for line in said.out.splitlines() if "units" in line and "changed" in line] == [
        ["units", "2", "9", "unchanged", "[]"],
        ["units", "10", "10", "changed", '["name"]'],
        ["units", "11", "13", "unchanged", "[]"],
    ]


async def test_open_warnings_are_accepted_with_a_reason(office: None, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(PLAN.replace("đến đoàn viên.", "đến các"), "utf-8")
    plan_id = json.loads((await run("officer", "plans", "import", file, "--json")).out)[0]["plan"]
    for number, unit_id in (("1", "AH-PL-PGD"), ("2", "AH-PL-LDLD")):
        await run("officer", "plans", "party", plan_id, number, unit_id)
    await run("officer", "plans", "step", plan_id, "review")
    assert "warning-open" in (await run("officer", "plans", "step", plan_id, "co-sign")).line()
    assert (await run("officer", "plans", "accept", plan_id, "--reason", "Đúng văn bản gốc")).code == 0
    assert "Đúng văn bản gốc" in (await run("officer", "plans", "show", plan_id)).out
    again = (await run("officer", "plans", "accept", plan_id, "--reason", "x")).line()
    assert again == "the plan has no warning to accept"
    assert (await run("officer", "plans", "step", plan_id, "co-sign")).code == 0


@pytest.mark.usefixtures("office")
async def test_a_dry_run_tells_how_many_open_tasks_a_merger_concerns(
    run: Run, phoihop: Phoihop, tracker: str, tracker_database: Database, tmp_path: Path
) -> None:
    world = World(tracker_database)
    await world.take_directory(
        unit("AH", UnitKind.AREA, None, 1),
        unit("AH-SGD", UnitKind.OFFICE, "AH", 2),
        unit("AH-PL-TH1", UnitKind.SCHOOL, "AH", 3),
    )
    await world.approve(item(1), item(2), parties=["AH-SGD"])
    merger = tmp_path / "merger.csv"
    row = "AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-PL,TH,public,yes,2000-01-01,2026-06-30,AH-PL-LC1\n"
    merger.write_text(UNITS.partition("\n")[0] + "\n" + row, "utf-8")
    phoihop.set(TRACKER_URL=tracker)
    told = json.loads((await run("root", "units", "import", merger, "--dry-run", "--json")).out)
    assert [(each["unit_id"], each["successors"], each["open_tasks"]) for each in told["ending"]] == [
        ("AH-PL-TH1", ["AH-PL-LC1"], 2)
    ]
    phoihop.set(TRACKER_URL="http://127.0.0.1:1")
    said = await run("root", "units", "import", merger, "--dry-run")
    assert said.code == 0
    assert "how many tasks that concerns is unknown" in said.err


@pytest.mark.usefixtures("office")
async def test_a_dry_run_tells_which_units_a_plan_in_force_would_ask_for_less_or_more(run: Run, tmp_path: Path) -> None:
    file, merger = tmp_path / "plan.txt", tmp_path / "merger.csv"
    file.write_text(PLAN, "utf-8")
    plan_id = json.loads((await run("officer", "plans", "import", file, "--json")).out)[0]["plan"]
    for number, unit_id in (("1", "AH-PL-PGD"), ("2", "AH-PL-LDLD")):
        await run("officer", "plans", "party", plan_id, number, unit_id)
    for person, *step in (
        ("officer", "step", plan_id, "review"),
        ("officer", "step", plan_id, "co-sign"),
        ("head", "sign", plan_id),
        ("chair", "sign", plan_id),
        ("officer", "step", plan_id, "approve"),
    ):
        assert (await run(person, "plans", *step)).code == 0
    row = "AH-PL-LC1,Trường liên cấp,school,AH-PL,TH;THCS,non-public,no,2000-01-01,2026-06-30,AH-PL-TH1\n"
    merger.write_text(UNITS.partition("\n")[0] + "\n" + row, "utf-8")
    said = await run("root", "units", "import", merger, "--dry-run")
    assert said.code == 0, said.err
    assert "1 plans in force that move by 2026-07-01" in said.out
    assert ["215/KHLT-PGDĐT-LĐLĐ", "AH-PL-LC1", "3", "0"] in [line.split() for line in said.out.splitlines()]
