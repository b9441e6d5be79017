from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.zoom_calls import ZoomClient


@pytest.fixture(scope="module")
def side(tmp_path_factory):
    """An app with one receiver, and a client that calls it back; `send` returns an event once it was sent."""
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path_factory.mktemp("zoom")) as api:
        subscription = api.subscribe(receiver.url)

        def send(event, **fields):
            (number,) = api.emit(event=event, **fields)
            api.settled(number)
            return receiver.arrivals[-1].value

        zoom = ZoomClient(api.base)
        zoom.got("/zra/deals")  # begins what keeps up in the background
        yield SimpleNamespace(api=api, zoom=zoom, send=send, receiver=receiver, subscription=subscription)
