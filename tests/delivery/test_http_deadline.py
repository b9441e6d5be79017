"""The deadline is total: no receiver holds an attempt longer, whatever it does."""

from __future__ import annotations

import itertools
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
import trustme

from emitter.core.outcome import FailureCode, OutcomeKind
from emitter.delivery.stopwatch import Stopwatch
from emitter.delivery.timed_sockets import connect, start_tls
from emitter.delivery.trust import tls_context
from tests.support.sending import send
from tests.support.sockets import (
    RawPeer,
    answers,
    drips,
    is_silent,
    never_accepting,
    never_reads,
    reads_slowly,
)

TIMEOUT_S = 0.2
GRACE_S = 0.5  # for a busy machine; alone it is a few milliseconds
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BIG_BODY = b"x" * 10_000_000  # more than the buffers of both sides hold


@contextmanager
def in_time():
    start_s = time.perf_counter()
    yield
    took_s = time.perf_counter() - start_s
    assert TIMEOUT_S - 0.01 <= took_s < TIMEOUT_S + GRACE_S


def forever(piece):
    return itertools.repeat(piece)


@pytest.mark.parametrize(
    ("behave", "body"),
    [
        (is_silent, b"{}"),
        (never_reads, b"{}"),
        (never_reads, BIG_BODY),
        (reads_slowly, BIG_BODY),
        (drips(b"HTTP/1.1 200 O", forever(b"K")), b"{}"),
        (drips(HEAD, forever(b"a")), b"{}"),
        (drips(HEAD, forever(b"a: b\r\n"), every_s=0.005), b"{}"),
        (answers(HEAD + b"Content-Length: 2\r\n"), b"{}"),
        (drips(b"", forever(b"HTTP/1.1 100 Continue\r\n\r\n"), every_s=0), b"{}"),
        (drips(b"", forever(b"HTTP/1.1 103 Early Hints\r\n\r\n"), every_s=0), b"{}"),
    ],
    ids=[
        "silence", "never-reads", "never-reads-a-big-body", "reads-slowly", "drips-status-line",
        "drips-a-header", "drips-headers", "half-a-head", "endless-100", "endless-103",
    ],
)  # fmt: skip
def test_a_head_that_does_not_come_in_time_is_a_time_out(behave, body):
    with RawPeer(behave) as peer, in_time():
        exchange = send(peer.url, body=body, timeout_s=TIMEOUT_S)

    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT
    assert exchange.outcome.code is FailureCode.READ_TIMEOUT
    assert exchange.outcome.status is None
    assert exchange.outcome.detail == "no answer within 0.2 s"
    assert exchange.answer is None


@pytest.mark.parametrize(
    "behave",
    [
        drips(HEAD + b"Content-Length: 1000\r\n\r\n", forever(b"a")),
        drips(HEAD + b"\r\n", forever(b"a")),
        drips(HEAD + b"\r\n", forever(b"a" * 65536), every_s=0),
        drips(HEAD + b"Content-Length: 9999999999\r\n\r\n", forever(b"a" * 65536), every_s=0),
        drips(CHUNKED, forever(b"1\r\na\r\n")),
        drips(CHUNKED, forever(b"1\r\na\r\n" * 1000), every_s=0),
        drips(CHUNKED + b"1\r\na\r\n0\r\n", forever(b"a: b\r\n"), every_s=0),
        drips(CHUNKED + b"1\r\na\r\n", forever(b"0")),
        answers(HEAD + b"Content-Length: 3\r\n\r\na"),
        answers(HEAD + b"\r\na"),
    ],
    ids=[
        "drips", "drips-without-length", "endless", "huge", "drips-chunks", "endless-chunks",
        "endless-trailers", "drips-a-chunk-size", "half-a-body", "no-length-and-open",
    ],
)  # fmt: skip
def test_a_body_that_does_not_end_in_time_is_a_time_out_and_its_beginning_is_kept(behave):
    with RawPeer(behave) as peer, in_time():
        exchange = send(peer.url, timeout_s=TIMEOUT_S)

    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT
    assert exchange.outcome.status is None
    assert exchange.outcome.detail == "status 200 came, but not the end of its body within 0.2 s"
    assert exchange.answer
    assert exchange.answer.status == 200
    assert exchange.answer.body.startswith(b"a")
    assert len(exchange.answer.body) <= 65536


def test_a_slow_answer_that_ends_in_time_counts():
    with RawPeer(drips(HEAD + b"Content-Length: 5\r\n\r\n", [b"a"] * 5)) as peer:
        exchange = send(peer.url)

    assert exchange.outcome.is_accepted
    assert exchange.answer
    assert exchange.answer.body == b"aaaaa"


def test_a_receiver_that_never_accepts_is_a_time_out():
    with never_accepting() as port, in_time():
        outcome = send(f"http://127.0.0.1:{port}/", timeout_s=TIMEOUT_S).outcome

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail == "no connection within 0.2 s"


def test_a_name_that_resolves_too_slowly_is_unresolved():
    is_over = threading.Event()

    def slow(_host):
        is_over.wait()
        return ["127.0.0.1"]

    with in_time():
        outcome = send("http://slow.test/", timeout_s=TIMEOUT_S, resolve=slow).outcome
    is_over.set()

    assert outcome.kind is OutcomeKind.UNRESOLVED
    assert outcome.code is FailureCode.DNS_FAILURE
    assert outcome.detail == "slow.test did not resolve within 0.2 s"


@pytest.mark.parametrize(
    "behave",
    [is_silent, never_reads, drips(b"", forever(b"\x16"))],
    ids=["silence", "never-reads", "drips"],
)
def test_a_slow_tls_handshake_is_a_time_out(behave):
    with RawPeer(behave) as peer, in_time():
        url = peer.url.replace("http:", "https:")
        outcome = send(url, timeout_s=TIMEOUT_S, insecure=True).outcome

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail == "no connection within 0.2 s"


@pytest.mark.parametrize(
    ("behave", "body"),
    [
        (is_silent, b"{}"),
        (never_reads, BIG_BODY),
        (reads_slowly, BIG_BODY),
        (drips(HEAD, forever(b"a")), b"{}"),
        (drips(HEAD + b"\r\n", forever(b"a")), b"{}"),
        (drips(HEAD + b"\r\n", forever(b"a" * 65536), every_s=0), b"{}"),
    ],
    ids=["silence", "never-reads-a-big-body", "reads-slowly", "drips-head", "drips-body", "endless-body"],
)
def test_the_deadline_holds_over_tls(tls_server_context, behave, body):
    with RawPeer(behave, ssl_context=tls_server_context) as peer, in_time():
        outcome = send(peer.url, body=body, timeout_s=TIMEOUT_S, insecure=True).outcome

    assert outcome.kind is OutcomeKind.TIMED_OUT


def test_the_tls_handshake_has_what_connecting_left():
    context = tls_context(ca_bundle=None, insecure=True)
    with RawPeer(is_silent) as peer:
        sock = connect("127.0.0.1", peer.port, timeout_s=30)
        sock.stopwatch = Stopwatch(TIMEOUT_S)

        with in_time(), pytest.raises(TimeoutError):
            start_tls(sock, context, "127.0.0.1")


def test_timings_are_in_order_and_within_the_total():
    with RawPeer(drips(b"", [HEAD, b"Content-Length: 0\r\n", b"\r\n"], every_s=0.1)) as peer:
        timing = send(peer.url).timing

    assert timing.connect_ms
    assert timing.first_byte_ms
    assert 0 < timing.connect_ms < timing.first_byte_ms
    assert timing.first_byte_ms >= 99
    assert timing.total_ms >= 299
    assert timing.total_ms >= timing.first_byte_ms + 20  # 200, but a busy machine may notice late


def test_points_that_were_not_reached_have_no_time():
    with RawPeer(is_silent) as peer:
        timing = send(peer.url, timeout_s=TIMEOUT_S).timing

    assert timing.connect_ms is not None
    assert timing.first_byte_ms is None
    assert timing.total_ms >= 200


@pytest.fixture(scope="module")
def tls_server_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context
