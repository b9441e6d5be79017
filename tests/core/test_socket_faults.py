from __future__ import annotations

import pytest

from emitter.core.faults import FAULTS, pieces_with, request_with
from emitter.core.pieces import HANG_UP, waits_s, wire_bytes
from emitter.core.socket_faults import METHODS, SOCKET_FAULTS
from tests.support.sending import request_to

BODY = b'{"event":"a.b","payload":{"object":{"text":"' + b"x" * 300 + b'"}}}'
CLEAN = request_to("http://127.0.0.1:1/hook", body=BODY)


def pieces_of(*names, request=CLEAN):
    faults = [FAULTS[name] for name in names]
    in_pieces = pieces_with(faults)
    assert in_pieces is not None
    return in_pieces(request_with(faults, request))


def sent(pieces):
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


def test_a_plain_post_is_no_pieces():
    assert pieces_with([]) is None
    assert pieces_with([FAULTS["wrong-signature"]]) is None


def test_a_slow_body_is_the_same_bytes_with_waits_between():
    pieces = pieces_of("slow-body")

    assert sent(pieces) == wire_bytes(CLEAN)
    assert sum(isinstance(piece, bytes) for piece in pieces) == 6
    assert waits_s(pieces) == pytest.approx(0.5)


@pytest.mark.parametrize("body", [b"", b"x"])
def test_a_short_body_can_be_slow_too(body):
    request = request_to("http://127.0.0.1:1/hook", body=body)

    assert sent(pieces_of("slow-body", request=request)) == wire_bytes(request)


def test_an_aborted_body_promises_more_than_it_sends():
    *pieces, last = pieces_of("aborted-body")
    content = sent(pieces)

    assert last is HANG_UP
    assert content == wire_bytes(CLEAN)[: len(wire_bytes(CLEAN)) - len(BODY) + len(BODY) // 2]
    assert f"content-length: {len(BODY)}".encode() in content


def test_half_a_request_ends_within_its_head():
    content, silence_s, last = pieces_of("half-request")

    assert isinstance(content, bytes)
    assert wire_bytes(CLEAN).startswith(content)
    assert b"\r\n\r\n" not in content
    assert (silence_s, last) == (1.0, HANG_UP)


def test_who_hangs_up_has_sent_everything():
    assert pieces_of("hang-up") == (wire_bytes(CLEAN), HANG_UP)


def test_chunks_hold_the_body_and_have_no_length():
    (content,) = pieces_of("chunked")
    assert isinstance(content, bytes)
    head, _, framed = content.partition(b"\r\n\r\n")

    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head.lower()
    assert unchunked(framed) == BODY


def unchunked(framed):
    body = b""
    while True:
        size, _, framed = framed.partition(b"\r\n")
        if not int(size, 16):
            assert framed == b"\r\n"
            return body
        body, framed = body + framed[: int(size, 16)], framed[int(size, 16) + 2 :]


@pytest.mark.parametrize("method", METHODS)
def test_another_method_changes_nothing_else(method):
    (content,) = pieces_of(f"method-{method.lower()}")

    assert content == wire_bytes(CLEAN).replace(b"POST", method.encode(), 1)


def test_the_last_fault_decides_how_it_crosses_the_wire():
    assert pieces_of("slow-body", "method-put") == pieces_of("method-put")


def test_every_fault_of_the_wire_is_among_those_of_emit():
    assert {fault.name for fault in SOCKET_FAULTS} < FAULTS.keys()
