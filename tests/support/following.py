"""Reads the app's live feed."""

from __future__ import annotations

import json
from contextlib import contextmanager

import requests


@contextmanager
def following(api, last_id=None):
    """Open the feed and yield what reads the next event: its id, kind and value."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with requests.get(api.base + "/api/live", headers=headers, stream=True, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        lines = answer.iter_lines(chunk_size=1)
        assert next(lines) == b"retry: 1000"

        def read():
            fields: dict[str, str] = {}
            for line in lines:
                if line.startswith(b":"):
                    continue
                if not line and "data" in fields:
                    return fields["id"], fields["event"], json.loads(fields["data"])
                if line:
                    name, _, value = line.decode().partition(": ")
                    fields[name] = value
            return None

        yield read
