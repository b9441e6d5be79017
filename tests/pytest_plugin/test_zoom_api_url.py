"""The fixture `zoom_api_url`, as a receiver's own tests use it (docs/zoom-api.md)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import json
import urllib.request

import pytest

def create_app(zoom_url):
    return zoom_url

@pytest.fixture
def app(zoom_api_url):
    return create_app(zoom_url=zoom_api_url)

def asked(url, **more):
    with urllib.request.urlopen(urllib.request.Request(url, **more)) as answer:
        return json.load(answer)

@pytest.mark.parametrize("again", range(2))
def test_a_handler_gets_what_it_asks_for(app, again):
    form = b"grant_type=account_credentials&account_id=a&client_id=b&client_secret=c"
    token = asked(app + "/oauth/token", data=form)["access_token"]
    headers = {"authorization": "Bearer " + token}
    shown = asked(app + "/v2/zra/conversations/of-a-test", headers=headers)
    assert shown["conversation_id"] == "of-a-test"
    assert asked(app + "/v2/zra/deals/006A", headers=headers)["deal_id"] == "006A"
"""


@pytest.mark.slow
def test_a_receivers_tests_call_zooms_api():
    Path("test_mine.py").write_text(TESTS, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
