"""LibreOffice and Tesseract, on what strangers sent: each run is a step with its limits, in a folder of its own."""

import shutil
import tempfile
from pathlib import Path

from services.planner.documents import RTF
from services.planner.files import confined

_ALONE = ("unshare", "--map-root-user", "--net")
"""util-linux's way to run a program without a network."""
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop>
</item>
</oor:items>
"""
"""LibreOffice's settings: no macro runs, no link is followed or brought up to date."""


async def as_opendocument(raw: bytes) -> bytes | None:
    """An old Word document or rich text as OpenDocument, by LibreOffice; b"" where it cannot read the file.

    None where LibreOffice is not installed, or cannot be kept from the network here: it fetches what a document
    links to, whatever its settings say. Raises TooComplex.
    """
    if not shutil.which("soffice") or (await confined.program(*_ALONE, "true", limits=confined.STEP)).code:
        return None
    kind = "Rich Text Format" if raw.startswith(RTF) else "MS Word 97"
    with tempfile.TemporaryDirectory(prefix="phoihop-") as name:
        folder = Path(name)
        (folder / "user").mkdir()
        (folder / "user" / "registrymodifications.xcu").write_text(_PROFILE)
        (folder / "plan.doc").write_bytes(raw)
        await confined.program(
            *(*_ALONE, "soffice", f"-env:UserInstallation={folder.as_uri()}", "--headless"),
            *(f"--infilter={kind}", "--convert-to", "odt", "plan.doc"),
            limits=confined.STEP,
            folder=folder,
        )
        made = folder / "plan.odt"
        return made.read_bytes() if made.exists() else b""


async def words_of(picture: bytes, dpi: int) -> str | None:
    """The words of a page's picture with their places, as Tesseract's TSV; "" where it cannot read the picture.

    None where Tesseract, or its Vietnamese, is not installed. Raises TooComplex.
    """
    if not shutil.which("tesseract"):
        return None
    command = ("tesseract", "stdin", "stdout", "-l", "vie", "--dpi", str(dpi), "tsv")
    found = await confined.program(*command, given=picture, limits=confined.STEP)
    if found.code:
        return None if b"vie.traineddata" in found.complaint else ""
    return found.output.decode(errors="replace")
