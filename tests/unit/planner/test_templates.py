"""What every template of the desk must hold."""

import re
from pathlib import Path

import pytest

from services.planner import pages

TEMPLATES = sorted((Path(pages.__file__).parents[1] / "templates").glob("*.j2"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_browser_restores_nothing_into_a_form_that_names_a_revision(template: Path) -> None:
    for form in re.findall(r"<form.*?</form>", template.read_text("utf-8"), re.DOTALL):
        if 'name="revision"' in form:
            assert 'autocomplete="off"' in form.partition(">")[0]
