"""Chromium without a window, for tests of pages; where there is none they are skipped, in CI they fail."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager

import pytest

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
WAITS_MS = 15_000
NARROW, WIDE = 400, 1600


@contextmanager
def chromium():
    """Start the Chromium of this machine and yield it; one is never downloaded."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "there is no chromium: apt-get install chromium"
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where there is no browser it is not needed

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser, base, *, width=1280, dark=False, script=True):
    """Open a window that fails the test for any error of a script, and any asset from elsewhere."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        base_url=base,
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAITS_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"error: {error}"))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: errors.append(asked.url) if not _is_own(asked.url, base) else None)
    try:
        yield page
        # What a browser says of an answer it did not like is no error of the page.
        assert [error for error in errors if not error.startswith("Failed to load resource")] == []
    finally:
        context.close()


def _is_own(url, base):
    return url.startswith((f"{base}/", "data:", "blob:"))
