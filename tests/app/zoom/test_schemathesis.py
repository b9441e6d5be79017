"""Schemathesis against Zoom's paths as the app describes them, with every check it has by default."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.zoom_calls import ZoomClient

SETTINGS = """
[generation]
deterministic = true
max-examples = 15

[parameters]
{parameters}
"""


def schemathesis(base, folder, authorization, parameters=""):
    (folder / "schemathesis.toml").write_text(SETTINGS.format(parameters=parameters), encoding="utf-8")
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    return subprocess.run(
        [*command, "run", f"{base}/openapi/zoom.json", "-H", f"Authorization: {authorization}"],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("knows_ids", [False, True])
def test_schemathesis_finds_nothing(tmp_path, knows_ids):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=1_000_000)
        for event in (
            "conversation_analysis_completed",
            "playlist_create",
            "conversation_crm_associations_changed",
        ):
            for number in api.emit(event=event, count=3, seed="known"):
                api.settled(number)
        zoom = ZoomClient(api.base)
        (told, *_) = zoom.got("/zra/conversations")["conversations"]
        known = {
            "path.conversationId": quote(told["conversation_id"], safe=""),
            "path.userId": told["host_id"],
            "path.dealId": zoom.got("/zra/deals")["deals"][0]["deal_id"],
            "path.appId": "a-client-id",
        }
        parameters = "\n".join(f'"{name}" = "{value}"' for name, value in known.items())
        ran = schemathesis(api.base, tmp_path, zoom.headers["authorization"], parameters if knows_ids else "")

    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert "Tested: 16" in ran.stdout
