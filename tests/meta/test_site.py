"""The site: every page is in it, it builds without a warning, and loads nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("material", reason="the extra `docs` is absent")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    pages = [*(tmp_path / "site").rglob("*.html")]
    assert len(pages) > len([*(ROOT / "docs").rglob("*.md")])  # and the one for what is not found
    loading = r'<(?:script|img)[^>]+src="https?:|<link[^>]+rel="(?:stylesheet|preload)"[^>]+href="https?:'
    assert [page for page in pages if re.search(loading, page.read_text(encoding="utf-8"))] == []
