"""The fixture `zoom_api_url`: where a receiver's handler may call Zoom's API in a test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def zoom_api_url() -> Iterator[str]:
    """Return a URL that answers as Zoom's API; let the receiver use it in place of https://api.zoom.us.

    ``/oauth/token`` gives a token for any client id and secret, the reads under ``/v2`` answer for any id. It
    is a process of its own, started when it is first asked for. Override it with the URL of an app that runs.
    """
    from emitter.testing.zoom_api import ZoomApiProcess  # noqa: PLC0415 - only for those who ask

    with ZoomApiProcess() as process:
        yield process.wait_until_ready()
