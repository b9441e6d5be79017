from __future__ import annotations

import pytest

from emitter.core.outcome import OutcomeKind
from emitter.core.pieces import HANG_UP
from emitter.core.targets import TargetPolicy
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.raw import RawTransport, wire_bytes
from emitter.errors import ForbiddenTargetError
from tests.support.sending import request_to
from tests.support.sockets import RawPeer, answers_and_closes, is_silent, not_listening
from tests.support.waiting import wait_for

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-one: 1\r\n\r\nhi"


def send_raw(url, *pieces, timeout_s=3.0):
    return RawTransport(policy=TargetPolicy()).send_raw(url, pieces, timeout_s=timeout_s)


def test_the_exact_bytes_arrive_and_the_answer_is_read():
    with RawPeer(answers_and_closes(ANSWER)) as peer:
        content = wire_bytes(request_to(peer.url, body=b'{"a":1}'), method="PATCH")
        exchange = send_raw(peer.url, content[:10], content[10:])

    assert peer.requests == [content]
    assert content.startswith(b"PATCH / HTTP/1.1\r\nhost: ")
    assert content.endswith(b'\r\n\r\n{"a":1}')
    assert exchange.outcome.status == 200
    assert exchange.answer is not None
    assert (exchange.answer.body, exchange.answer.headers[1]) == (b"hi", ("x-one", "1"))


def test_half_a_request_that_is_not_answered_ends_at_the_deadline():
    with RawPeer(is_silent) as peer:
        began_ms = monotonic_ms()
        exchange = send_raw(peer.url, b"POST / HTTP/1.1\r\nhost: x\r\n", timeout_s=0.3)

    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT
    assert monotonic_ms() - began_ms < 1500


def test_waits_are_part_of_the_deadline():
    with RawPeer(is_silent) as peer:
        exchange = send_raw(peer.url, b"POST ", 60.0, b"/ HTTP/1.1\r\n\r\n", timeout_s=0.3)

    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT


def test_nobody_there_is_an_outcome():
    with not_listening() as sock:
        exchange = send_raw(f"http://127.0.0.1:{sock.getsockname()[1]}/", b"x")

    assert exchange.outcome.kind is OutcomeKind.NOT_CONNECTED


def test_a_forbidden_address_gets_nothing():
    with pytest.raises(ForbiddenTargetError):
        send_raw("http://169.254.169.254/", b"x")


def test_who_hangs_up_reads_no_answer_and_says_why():
    with RawPeer(answers_and_closes(ANSWER)) as peer:
        content = wire_bytes(request_to(peer.url))
        exchange = send_raw(peer.url, content, HANG_UP)
        wait_for(lambda: peer.requests == [content])

    assert peer.requests == [content]
    assert exchange.outcome.kind is OutcomeKind.BROKEN
    assert "on purpose" in exchange.outcome.detail
    assert exchange.answer is None
