"""docs/realistic-data.md; its examples are run by tests/meta/test_snippets.py."""

from __future__ import annotations

import re
from pathlib import Path

from emitter.faking.provider import ZoomProvider

PAGE = (Path(__file__).parents[2] / "docs" / "realistic-data.md").read_text(encoding="utf-8")


def test_the_page_names_every_method_of_the_provider():
    own = {name for name in vars(ZoomProvider) if not name.startswith("_")} - {"salesforce_id"}

    assert own <= set(re.findall(r"[a-z_]+", PAGE))
