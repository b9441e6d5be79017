from __future__ import annotations

import pytest

from tests.support.receivers.serving import receivers_served


@pytest.fixture(scope="module")
def receivers():
    """Receivers on one loopback port: `receivers.add(receiver)` returns the URL of one."""
    with receivers_served() as served:
        yield served
