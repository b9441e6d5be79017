from __future__ import annotations

import pytest

from emitter.cli.listening import reached_here


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://0.0.0.0:4050/", "http://localhost:4050/"),
        ("http://[::]:4050/", "http://localhost:4050/"),
        ("http://127.0.0.1:4050/", "http://127.0.0.1:4050/"),
    ],
)
def test_an_app_on_every_address_is_opened_at_this_machines(url, shown):
    assert reached_here(url) == shown
