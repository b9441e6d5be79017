"""A database of PostgreSQL for each process of tests, emptied between tests; TEST_POSTGRES_URL says where."""

from __future__ import annotations

import os

import pytest

from emitter.delivery.places import DatabaseUrl
from emitter.delivery.store.tables import FORMAT, metadata, store_format

SERVER = os.environ.get("TEST_POSTGRES_URL", "")
ANYWHERE = pytest.mark.skipif(not SERVER, reason="TEST_POSTGRES_URL names no server of PostgreSQL")
ON_SQLITE = pytest.mark.parametrize("record", ["sqlite"], indirect=True)
NAME = f"zoom_emitter_tests_{os.getpid()}"
# A tenth of what TRUNCATE takes, which makes new files.
_EMPTYING = "; ".join(
    [
        *(str(table.delete()) for table in metadata.sorted_tables[::-1] if table is not store_format),
        "SELECT setval(pg_get_serial_sequence(name, 'id'), 1, false)"
        " FROM unnest(ARRAY['subscriptions', 'handshakes', 'attempts', 'notices', 'calls']) AS name",
        f"UPDATE store_format SET version = {FORMAT}, next_delivery_id = 1",  # noqa: S608 - our own number
    ]
)


def connected(url=SERVER):
    import psycopg  # noqa: PLC0415 - an extra

    return psycopg.connect(str(url).replace("+psycopg", ""), autocommit=True)


def database_url(name=NAME):
    """The URL of a database at the server, by its name."""
    return f"postgresql+psycopg://{SERVER.partition('://')[2].rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def postgres_server():
    """A database of this process's own, dropped in the end."""
    with connected() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        connection.execute(f"ALTER DATABASE {NAME} SET synchronous_commit = off")
    yield database_url()
    with connected() as connection:
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server):
    """The same, its tables emptied, as they are when made."""
    with connected(postgres_server) as connection:
        if connection.execute("SELECT to_regclass('store_format')").fetchone() != (None,):
            connection.execute(_EMPTYING)
    return postgres_server


@pytest.fixture(params=["sqlite", *([pytest.param("postgres", marks=pytest.mark.slow)] if SERVER else [])])
def record(request, tmp_path):
    """Where a record may be: a file, and an empty database."""
    if request.param == "sqlite":
        return tmp_path / "record.sqlite"
    return DatabaseUrl(request.getfixturevalue("postgres_url"))


def place_text(place):
    """What a command line says of it."""
    return place.reveal() if isinstance(place, DatabaseUrl) else str(place)
