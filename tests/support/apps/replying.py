"""What the apps of this folder have in common: right answers, with the secret token of the environment."""

from __future__ import annotations

import os
import time

from emitter.app.sample_receiver import reply_to
from emitter.core.secrets import SecretToken


def reply(headers, body: bytes) -> tuple[int, str, str]:
    """Return status, text and content type."""
    answer = reply_to(
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        secret_token=SecretToken(os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"]),
        now_s=int(time.time()),  # noqa: TID251
    )
    return answer.status, answer.text, "application/json" if answer.status == 200 else "text/plain"
