"""What goes over the wire: the request's bytes and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.request import SignedRequest
from emitter.core.targets import TargetPolicy
from emitter.delivery.http import HttpTransport
from emitter.errors import InvalidSettingError
from tests.support.sending import request_to, send
from tests.support.sockets import OK, RawPeer, answers


@pytest.fixture
def transport():
    return HttpTransport(policy=TargetPolicy())


@pytest.fixture
def peer():
    with RawPeer(answers(OK)) as peer:
        yield peer


def test_the_head_holds_the_pairs_in_order_and_case_and_nothing_else(transport, peer):
    pairs = (
        ("host", "example.test"),
        ("X-Mixed-CASE", "1"),
        ("content-length", "4"),
        ("user-agent", "Zoom Marketplace/1.0a"),
        ("x-mixed-case", "2"),
        ("x-empty", ""),
        ("x-latin", "café"),
        ("X-MIXED-case", "3"),
    )

    transport.send(SignedRequest(url=peer.url, headers=pairs, body=b'{"a"'), timeout_s=3)

    assert peer.requests == [
        b"POST / HTTP/1.1\r\n"
        b"host: example.test\r\n"
        b"X-Mixed-CASE: 1\r\n"
        b"content-length: 4\r\n"
        b"user-agent: Zoom Marketplace/1.0a\r\n"
        b"x-mixed-case: 2\r\n"
        b"x-empty: \r\n"
        b"x-latin: caf\xe9\r\n"
        b"X-MIXED-case: 3\r\n"
        b'\r\n{"a"'
    ]


def test_a_request_without_any_header_gets_none(transport, peer):
    transport.send(SignedRequest(url=peer.url, headers=(), body=b""), timeout_s=3)

    assert peer.requests == [b"POST / HTTP/1.1\r\n\r\n"]


@pytest.mark.parametrize(
    ("given_path", "sent"),
    [
        ("", b"/"),
        ("/a/../b/./c", b"/a/../b/./c"),
        ("//x//y", b"//x//y"),
        ("/%zz%2f%2F%41", b"/%zz%2f%2F%41"),
        ("/a?a=b&c&&d=%20+", b"/a?a=b&c&&d=%20+"),
        ("/a?", b"/a?"),
        ("?x", b"/?x"),
        ("/a?http://b/?c", b"/a?http://b/?c"),
        ("/é", b"/%C3%A9"),
        ("/a;b=1,2|[]{}'\"<>^`\\", b"/a;b=1,2|[]{}'\"<>^`\\"),
    ],
    ids=str,
)
def test_path_and_query_go_out_as_given(transport, peer, given_path, sent):
    transport.send(request_to(peer.url.rstrip("/") + given_path), timeout_s=3)

    assert peer.requests[0].split(b" ")[1] == sent


@given(body=st.binary(max_size=300))
def test_any_body_arrives_byte_for_byte(body):
    with RawPeer(answers(OK)) as peer:
        send(peer.url, body=body)

    assert peer.requests[0].partition(b"\r\n\r\n")[2] == body


def test_a_body_of_a_megabyte_arrives_whole(peer):
    body = bytes(range(256)) * 4096

    exchange = send(peer.url, body=body)

    assert exchange.outcome.is_accepted
    assert peer.requests[0].partition(b"\r\n\r\n")[2] == body


def test_each_request_has_a_connection_of_its_own_that_is_closed_after(transport, peer):
    for _ in range(3):
        transport.send(request_to(peer.url), timeout_s=3)

    assert len(peer.connections) == 3
    assert all(connection.has_ended.wait(3) for connection in peer.connections)


def test_cookies_of_an_answer_are_not_sent_back(transport):
    with RawPeer(answers(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n\r\n"))) as peer:
        first = transport.send(request_to(peer.url), timeout_s=3)
        transport.send(request_to(peer.url), timeout_s=3)

    assert ("Set-Cookie", "a=b; Path=/") in first.answer.headers
    assert peer.requests[0] == peer.requests[1]


def test_proxies_and_passwords_of_the_environment_are_ignored(monkeypatch, transport, peer):
    Path.home().joinpath(".netrc").write_text("default login someone password hidden\n", encoding="utf-8")
    with RawPeer(answers(OK)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        transport.send(request_to(peer.url), timeout_s=3)

    assert proxy.connections == []
    assert b"uthorization" not in peer.requests[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x y", "1"),
        ("", "1"),
        ("x:", "1"),
        ("é", "1"),
        ("x\r\ny", "1"),
        ("x-a", "1\r\ny: 2"),
        ("x-a", "1\r\n y"),
        ("x-a", "1\n2"),
        ("x-a", "1\x002"),
        ("x-a", "€"),
    ],
    ids=repr,
)
def test_a_header_that_cannot_be_sent_is_refused_before_anything_is(transport, peer, name, value):
    request = SignedRequest(url=peer.url, headers=((name, value),), body=b"")

    with pytest.raises(InvalidSettingError, match=re.escape(repr(name)) + "|header x-a holds"):
        transport.send(request, timeout_s=3)

    assert peer.connections == []


def test_the_value_of_a_refused_header_is_not_shown(transport, peer):
    request = SignedRequest(url=peer.url, headers=(("authorization", "hidden\nvalue"),), body=b"")

    with pytest.raises(InvalidSettingError) as refused:
        transport.send(request, timeout_s=3)

    assert "hidden" not in str(refused.value)
