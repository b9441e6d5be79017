"""Real brokers: TEST_REDIS_URL and TEST_AMQP_URL say where; each record's queue has a name of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.support.postgres import SERVER
from tests.support.serving import Serving

REDIS = os.environ.get("TEST_REDIS_URL", "")
AMQP = os.environ.get("TEST_AMQP_URL", "")
BROKERS = [
    pytest.param(
        url, id=name, marks=pytest.mark.skipif(not url or not SERVER, reason=f"{variable} names none")
    )
    for name, url, variable in (("redis", REDIS, "TEST_REDIS_URL"), ("rabbitmq", AMQP, "TEST_AMQP_URL"))
]


@contextmanager
def cleaned_up(broker, queue):
    """Leave nothing of a queue at the broker."""
    try:
        yield
    finally:
        if broker.startswith("redis"):
            from redis import Redis  # noqa: PLC0415 - an extra

            with Redis.from_url(broker) as client:
                for key in client.scan_iter(f"{queue}:*"):
                    client.delete(key)
        else:
            from kombu.connection import Connection  # noqa: PLC0415 - an extra

            with Connection(broker) as connection:
                connection.default_channel.queue_delete(queue)
                connection.default_channel.exchange_delete(queue)


@contextmanager
def working(folder, *options, environ):
    """Run `zoom-emitter worker` until it is ready; it is killed in the end if it still runs."""
    stderr = folder / f"worker-{len(list(folder.glob('worker-*')))}.txt"
    with stderr.open("wb") as error_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "emitter", "worker", *options],
            env=os.environ | environ,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=error_file,
            text=True,
            encoding="utf-8",
        )
    with process:
        try:
            yield Serving(process, "", stderr)
        finally:
            process.kill()
