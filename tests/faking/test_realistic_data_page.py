"""The examples of docs/realistic-data.md, run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from emitter.faking.provider import ZoomProvider

PAGE = (Path(__file__).parents[2] / "docs" / "realistic-data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(example, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", example], cwd=tmp_path, capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr.decode()


def test_the_page_names_every_method_of_the_provider():
    own = {name for name in vars(ZoomProvider) if not name.startswith("_")} - {"salesforce_id"}

    assert own <= set(re.findall(r"[a-z_]+", PAGE))
