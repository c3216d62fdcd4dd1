"""What a district gets: a README that tells the truth, examples that run, a package that needs only Pydantic."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.content import canonical_json, content_sha256
from contracts.plans import PlanDocument
from tests.contracts.samples import ROOT

ONLY_PYDANTIC = """
import importlib, pkgutil, sys

ALLOWED = sys.stdlib_module_names | {
    "contracts", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection",
}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        # the interpreter's own build settings have a name of their own on each machine
        if name.partition(".")[0] not in ALLOWED and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
import contracts
for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
    importlib.import_module(module.name)
sys.exit(sys.modules["contracts.schemas"].main(["check"]))
"""


def test_readme_names_every_code_of_refusal() -> None:
    source = (ROOT / "wire.py").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    codes = {part.split('"')[0] for part in source.split('InvalidRecord("')[1:]}
    assert len(codes) == 7
    assert [code for code in codes if f"| `{code}` |" not in readme] == []


def test_readme_names_every_code_of_an_answer() -> None:
    planner = ROOT.parent / "services" / "planner"
    source = "".join(
        (planner / name).read_text("utf-8")
        for name in ("use_cases/admission.py", "use_cases/submissions.py", "rules/claims.py", "rules/content.py")
    )
    readme = (ROOT / "README.md").read_text("utf-8")
    codes = set(re.findall(r"code=\"([a-z-]+)\"", source))
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in readme} == set()


def test_the_readmes_vector_holds() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    vector = readme[readme.index("<!-- vector: begin") : readme.index("<!-- vector: end")]
    given, canonical = re.findall(r"```(?:json)?\n(.*?)\n```", vector, re.DOTALL)
    document = PlanDocument.model_validate_json(given)
    assert canonical_json(document) == canonical
    assert f"has the hash `{content_sha256(document)}`" in vector


def test_the_readmes_defaults_are_the_models() -> None:
    """What the README lists as left out is left out, and nothing else is."""
    given = {
        "kind": "plan",
        "title": "",
        "parties": [{"name": "x", "role": "union", "signer": None, "signer_title": None, "unit_id": None}],
        "period": {"certain": False, "school_year": None, "calendar_year": None, "start": None, "end": None},
        "items": [
            {
                **{"position": 1, "text": "", "section": "", "heading": "", "kind": "standing", "lines": [1, 1]},
                "due": {"rule": "none", "date": None, "text": "", "occurrences": [{"key": "", "due_on": None}]},
                "scope": {"audience": "schools", "levels": [], "grades": [], "area": [], "text": "", "ownership": None},
                "accountable": ["principal"],
                **{name: [] for name in ("targets", "lead", "cooperating", "directing", "parts")},
            }
        ],
        **dict.fromkeys(("number", "date", "place", "parent")),
        **{name: [] for name in ("legal_bases", "duties", "recipients")},
    }
    canonical = canonical_json(PlanDocument.model_validate(given))
    assert canonical == (
        '{"items":[{"position":1,"text":""}],"kind":"plan","parties":[{"name":"x","role":"union"}],"title":""}'
    )


@pytest.mark.parametrize(
    ("name", "content", "unit"),
    [
        ("missing.txt", None, "AH-PL-PGD"),
        ("empty.txt", b"", "AH-PL-PGD"),
        ("large.pdf", bytes(1024 * 1024), "AH-PL-PGD"),
        ("broken.json", b"{", "AH-PL-PGD"),
        ("list.json", b"[]", "AH-PL-PGD"),
        ("other.json", b'{"plan": 1}', "AH-PL-PGD"),
        ("lacking.json", b'{"document": {"kind": "plan"}}', "AH-PL-PGD"),
        ("good.txt", b"KH", "no unit"),
        ("good.txt", b"KH", ""),
    ],
)
def test_example_names_what_is_wrong_with_its_file_or_unit_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None, unit: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("UNIT_ID", unit)
    line = ending_of(monkeypatch, "publish_plan.py", str(tmp_path / name))
    assert line.startswith(f"not published: unit {unit}, {tmp_path / name}: ")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("script", "usage"), [("publish_plan.py", "PLAN [VERSION]"), ("neighbour_refused.py", "NEIGHBOUR")]
)
def test_example_without_arguments_says_how_it_is_called(
    monkeypatch: pytest.MonkeyPatch, script: str, usage: str
) -> None:
    assert f"{script} {usage}" in ending_of(monkeypatch, script)
    assert f"contracts/examples/{script}" in (ROOT / "README.md").read_text("utf-8")


def ending_of(monkeypatch: pytest.MonkeyPatch, script: str, *arguments: str) -> str:
    """What a script says when it ends before it reaches for a broker."""
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(ROOT / "examples" / script), run_name="__main__")
    return str(left.value.code)


def test_works_where_only_pydantic_can_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ONLY_PYDANTIC, str(ROOT.parent)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
