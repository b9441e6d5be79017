"""What comes back: answers as they are, broken ones as broken, and never an exception."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response, request
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.outcome import FailureCode, OutcomeKind
from emitter.delivery.http import KEPT_BODY_BYTES
from tests.support.sending import send
from tests.support.servers import serve
from tests.support.sockets import (
    OK,
    RawPeer,
    answers,
    answers_and_closes,
    closes_at_once,
    closes_unanswered,
    resets,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def sent_to(behave, **options):
    with RawPeer(behave) as peer:
        return send(peer.url, **options)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, OutcomeKind.ACCEPTED),
        (204, OutcomeKind.ACCEPTED),
        (299, OutcomeKind.ACCEPTED),
        (301, OutcomeKind.REDIRECTED),
        (304, OutcomeKind.REDIRECTED),
        (401, OutcomeKind.REFUSED),
        (429, OutcomeKind.REFUSED),
        (500, OutcomeKind.FAILED),
        (503, OutcomeKind.FAILED),
    ],
    ids=str,
)
def test_a_status_in_time_is_the_outcome(status, kind):
    app = Flask(__name__)
    app.add_url_rule("/", methods=["POST"], view_func=lambda: Response(status=status))
    with serve(app) as url:
        exchange = send(f"{url}/")

    assert (exchange.outcome.kind, exchange.outcome.status, exchange.outcome.code) == (kind, status, None)
    assert exchange.answer
    assert exchange.answer.status == status


def test_a_real_server_reads_the_body_and_is_read():
    app = Flask(__name__)

    @app.post("/echo")
    def echo():
        return request.get_data()

    with serve(app) as url:
        exchange = send(f"{url}/echo?a=b", body=b"\x00\xff {}")

    assert exchange.answer
    assert exchange.answer.body == b"\x00\xff {}"
    assert not exchange.answer.is_cut


def test_header_pairs_are_kept_in_order_with_repeated_names():
    head = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-A:  spaced \t\r\nset-cookie: b=2\r\nX-Latin: caf\xe9\r\n"
        b"X-Folded: one\r\n  two\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n"
    )

    exchange = sent_to(answers(head))

    assert exchange.answer.headers == (
        ("Set-Cookie", "a=1"),
        ("X-A", "spaced \t"),
        ("set-cookie", "b=2"),
        ("X-Latin", "café"),
        ("X-Folded", "one two"),
        ("X-Empty", ""),
        ("Content-Length", "0"),
    )


def test_a_redirect_is_an_answer_and_is_not_followed():
    with RawPeer(answers(OK)) as elsewhere:
        answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}\r\nContent-Length: 4\r\n\r\nbody"
        exchange = sent_to(answers(answer.encode()))

    assert exchange.outcome.kind is OutcomeKind.REDIRECTED
    assert exchange.answer.body == b"body"
    assert elsewhere.connections == []


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK, b"ok"),
        (CHUNKED + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n", b"abcde"),
        (HEAD + b"Connection: keep-alive\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", b"a"),
        (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", b"a"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 P\r\n\r\n" + OK, b"ok"),
        (OK.replace(b"\r\n", b"\n"), b"ok"),
        (HEAD + b"Content-Type: multipart/mixed\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (HEAD + b"Content-Length: 2, 2\r\nConnection: close\r\n\r\nok", b"ok"),
    ],
    ids=[
        "length", "chunked", "empty", "1.0", "no-reason", "204", "100", "103", "bare-lf", "multipart",
        "equal-lengths",
    ],
)  # fmt: skip
def test_an_answer_ends_where_http_says_it_ends(answer, body):
    exchange = sent_to(answers(answer) if b"close" not in answer else answers_and_closes(answer))

    assert exchange.outcome.is_accepted
    assert exchange.answer.body == body


def test_a_body_without_a_length_ends_with_the_connection():
    exchange = sent_to(answers_and_closes(HEAD + b"\r\nto the end"))

    assert exchange.outcome.is_accepted
    assert exchange.answer.body == b"to the end"


def test_a_compressed_body_is_kept_compressed():
    body = gzip.compress(b"{}" * 100, mtime=0)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    exchange = sent_to(answers(head + body))

    assert exchange.answer.body == body


@pytest.mark.parametrize(
    ("length", "is_cut"), [(KEPT_BODY_BYTES, False), (KEPT_BODY_BYTES + 1, True), (3_000_000, True)], ids=str
)
def test_64_kib_of_a_body_are_kept_and_the_rest_is_read(length, is_cut):
    body = bytes(range(256)) * (length // 256) + b"!" * (length % 256)

    exchange = sent_to(answers(HEAD + b"Content-Length: %d\r\n\r\n" % length + body))

    assert exchange.outcome.is_accepted
    assert exchange.answer.body == body[:65536]
    assert exchange.answer.is_cut is is_cut


def test_a_chunked_body_is_cut_across_chunks():
    chunks = b"".join(b"%x\r\n%s\r\n" % (40_000, digit * 40_000) for digit in (b"1", b"2", b"3"))

    exchange = sent_to(answers(CHUNKED + chunks + b"0\r\n\r\n"))

    assert exchange.outcome.is_accepted
    assert exchange.answer.body == b"1" * 40_000 + b"2" * 25_536
    assert exchange.answer.is_cut


def test_an_answer_given_before_the_body_was_read_counts():
    def refuses_early(connection):
        connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.finish_sending()
        connection.freeze()

    exchange = sent_to(refuses_early, body=b"x" * 1000)

    assert exchange.outcome.status == 413


@pytest.mark.parametrize(
    ("behave", "detail"),
    [
        (resets, "the receiver reset the connection"),
        (closes_unanswered, "the receiver closed the connection without an answer"),
        (answers_and_closes(b"garbage\r\n"), "the answer is not HTTP/1.1; it begins with 'garbage'"),
        (answers(b"SSH-2.0-OpenSSH\r\n"), "the answer is not HTTP/1.1; it begins with 'SSH-2.0-OpenSSH'"),
        (answers(b"HTTP/2.0 200 OK\r\n\r\n"), "the answer is not HTTP/1.1; it begins with 'HTTP/2.0'"),
        (answers(b"HTTP/1.1 abc OK\r\n\r\n"), "the answer is not HTTP/1.1; it begins with 'HTTP/1.1 abc OK'"),
        (answers_and_closes(b"\x15\x03\x01\x00\x02\x02\x46"),
         "the answer is not HTTP but TLS; write https:// if that is meant"),
        (answers_and_closes(b"HTTP/1.1 200 OK\r\nContent-Le"),
         "the answer cannot be read: its head is cut short"),
        (answers_and_closes(b"HTTP/1.1 200 OK"), "the answer cannot be read: its head is cut short"),
        (answers(HEAD + b"no colon\r\nContent-Length: 0\r\n\r\n"),
         "the answer cannot be read: a line of its head is not a name, a colon and a value"),
        (answers(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
         "the answer cannot be read: Content-Length contained multiple unmatching values (1, 2)"),
        (answers(HEAD + b"A: b\r\n" * 101), "the answer cannot be read: got more than 100 headers"),
        (answers(HEAD + b"A: " + b"b" * 70_000),
         "the answer cannot be read: got more than 65536 bytes when reading header line"),
    ],
    ids=[
        "reset", "unanswered", "garbage", "ssh", "http2", "status", "tls", "cut-head", "cut-status-line",
        "no-colon", "two-lengths", "101-headers", "long-line",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_broken(behave, detail):
    exchange = sent_to(behave)

    assert exchange.outcome.kind is OutcomeKind.BROKEN
    assert exchange.outcome.code is FailureCode.REMOTE_ERROR
    assert exchange.outcome.status is None
    assert exchange.outcome.detail == detail
    assert exchange.answer is None


def test_a_connection_closed_at_once_is_broken():
    outcome = sent_to(closes_at_once).outcome

    assert (outcome.kind, outcome.code) == (OutcomeKind.BROKEN, FailureCode.REMOTE_ERROR)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (HEAD + b"Content-Length: 10\r\n\r\nabc", b"abc"),
        (CHUNKED + b"5\r\nab", b"ab"),
        (CHUNKED + b"2\r\nab\r\n", b"ab"),
        (CHUNKED + b"2\r\nab\r\nzz\r\nabc", b"ab"),
    ],
    ids=["short", "cut-chunk", "no-last-chunk", "chunk-size"],
)
def test_half_an_answer_is_broken_and_what_came_is_kept(answer, body):
    exchange = sent_to(answers_and_closes(answer))

    assert exchange.outcome.kind is OutcomeKind.BROKEN
    assert exchange.outcome.status is None
    assert exchange.outcome.detail == "the body of the answer is cut short or wrongly chunked"
    assert (exchange.answer.status, exchange.answer.body) == (200, body)


def test_a_close_is_not_a_first_byte():
    assert sent_to(closes_unanswered).timing.first_byte_ms is None


def test_switching_protocols_is_no_final_answer():
    exchange = sent_to(answers(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"))

    assert exchange.outcome.kind is OutcomeKind.BROKEN


PIECES = [
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 \r\n\r\n", b"HTTP/1.0 404\r\n", b"HTTP/1.1", b"\r\n", b"\n", b"\r",
    b"Content-Length: 3\r\n", b"Content-Length: -3\r\n", b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Set-Cookie: a=b; Expires=x; Domain=.\r\n",
    b"Content-Type: multipart/x\r\n", b"Content-Type: text/html; charset=\r\n",
    b"Content-Encoding: gzip, br\r\n", b" folded\r\n", b": x\r\n", b"From x\r\n",
    b"3\r\nabc\r\n", b"-1\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"abc", b"\x00\xff\x85\x0b",
]  # fmt: skip


@given(answer=st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=12).map(b"".join))
def test_no_answer_whatever_makes_the_transport_raise(answer):
    exchange = sent_to(answers_and_closes(answer), timeout_s=2)

    assert exchange.outcome.kind is not OutcomeKind.TIMED_OUT
    assert (exchange.outcome.code is None) == (exchange.outcome.kind is not OutcomeKind.BROKEN)
