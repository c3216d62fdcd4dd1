"""A real browser: Debian's Chromium, which `deploy/local/prepare tests` installs."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

# Nothing is fetched in the background, and no sandbox, which root has none of.
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start it without a window. Raises AssertionError when there is none."""
    program = shutil.which("chromium")
    assert program, "no chromium: run deploy/local/prepare tests"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_OPTIONS))
        try:
            yield browser
        finally:
            await browser.close()
