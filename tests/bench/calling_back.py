"""Zoom's API at a hundred thousand conversations: what a handler asks for, against five milliseconds."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing
from time import thread_time
from typing import TYPE_CHECKING
from urllib.parse import quote

from emitter.app.factory import create_app
from emitter.app.settings import AppSettings
from emitter.catalog.events import Catalog
from emitter.faking import events_for
from tests.bench.figures import Figure, in_turns
from tests.bench.million import NOW_MS, make_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

CONVERSATIONS = 100_000
READ_S = 0.005
ROUNDS = 15
BASE = "http://127.0.0.1:80"


def figures(folder: Path) -> list[Figure]:
    """Measure how long a thread works at each read, without a server."""
    database = folder / "conversations.sqlite"
    make_conversations(database)
    app = create_app(
        AppSettings(database=database, environ={"ZOOM_WEBHOOK_SECRET_TOKEN": "4fv1RkqGQUq5sWbEz6hA5A"})
    )
    try:
        client = app.test_client()
        granted = client.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=("id", "secret"), base_url=BASE
        )
        headers = {"authorization": f"Bearer {granted.get_json()['access_token']}"}
        gc.collect()
        gc.freeze()  # what other parts of the bench hold is not looked through again and again meanwhile
        taken = in_turns(_reads(client, headers), rounds=ROUNDS)
    finally:
        gc.unfreeze()
        app.extensions["zoom_emitter"].close()
    return [
        Figure(
            name=f"of {CONVERSATIONS:,} conversations: {name}",
            beside="5 ms of work",
            ours_s=seconds,
            theirs_s=READ_S,
            bar=1,
        )
        for name, seconds in taken.items()
    ]


def make_conversations(database: Path) -> None:
    """Make a record in which so many conversations were announced, each by a delivery of its own."""
    make_record(database, count=CONVERSATIONS)
    events = events_for(
        ["conversation_analysis_completed"],
        catalog=Catalog.bundled(),
        seed="bench",
        count=CONVERSATIONS,
        now_ms=NOW_MS,
    )
    rows = ((event.body(), event.name, number) for number, event in enumerate(events, 1))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany("UPDATE deliveries SET body = ?, event = ? WHERE id = ?", rows)


def _reads(client: FlaskClient, headers: dict[str, str]) -> dict[str, Callable[[], float]]:
    def ask(path: str) -> Callable[[], float]:
        def run() -> float:
            began = thread_time()
            answer = client.get(f"/v2/zra{path}", headers=headers, base_url=BASE)
            seconds = thread_time() - began
            assert answer.status_code == 200, answer.text
            return seconds

        return run

    first = client.get("/v2/zra/conversations", headers=headers, base_url=BASE).get_json()
    told = first["conversations"][-1]
    one = f"/conversations/{quote(quote(told['conversation_id'], safe=''), safe='')}"
    return {
        "one": ask(one),
        "its comments": ask(f"{one}/comments"),
        "its analysis": ask(f"{one}/content_analysis?analysis_type=all"),
        "a page": ask("/conversations"),
        "the next page": ask(f"/conversations?next_page_token={first['next_page_token']}"),
        "a page of one host": ask(f"/conversations?host_id={told['host_id']}"),
        "playlists of a user who has none": ask(f"/users/{told['host_id']}/conversations/playlists"),
    }
