"""The recipe of docs/corpora.md, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.support.command import zoom_emitter

PAGE = (Path(__file__).parents[2] / "docs/corpora.md").read_text(encoding="utf-8")
STATEMENTS = [
    statement.strip()
    for statement in re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)[1].split(";")  # type: ignore[index]
    if statement.strip()
]


@pytest.fixture
def connection(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = re.search(r"\$ zoom-emitter (corpus make stream .*)", PAGE)[1]  # type: ignore[index]
    made = zoom_emitter(*line.split())
    assert made.status == 0, made.err
    with duckdb.connect() as connection:
        yield connection


def test_the_recipe_comes_to_the_truth(connection):
    for statement in STATEMENTS[:-1]:
        connection.execute(statement)

    assert connection.execute(STATEMENTS[-1]).fetchall() == []
    assert connection.execute("SELECT count(*) FROM deliveries").fetchone()[0] > 2000
    assert connection.execute("SELECT count(*) FROM events").fetchone() == (2000,)
    truth = (
        "FROM read_json('stream/realistic/truth/events.jsonl') SELECT count(*), count(DISTINCT request_id)"
    )
    assert connection.execute(truth).fetchone() == (2000, 2000)
    assert connection.execute("SELECT count(*), bool_or(is_deleted) FROM truth").fetchone()[0] > 100


def test_who_takes_deliveries_as_they_come_does_not(connection):
    """The truth tells a pipeline that trusts the order of arrival from one that does not."""
    for statement in STATEMENTS[:-1]:
        connection.execute(statement.replace("event_ts) AS is_in", "received_at) AS is_in"))

    assert connection.execute(STATEMENTS[-1]).fetchall() != []
