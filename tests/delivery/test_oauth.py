"""The access token: asked for as Zoom asks, and refused where Zoom would refuse it."""

from __future__ import annotations

import json

import pytest

from emitter.core.secrets import Secret
from emitter.core.subscription import (
    BasicAuth,
    ClientAuthentication,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
)
from emitter.core.targets import TargetPolicy
from emitter.delivery.http import HttpTransport
from emitter.delivery.oauth import TokenFailure, TokenFetcher
from emitter.errors import ForbiddenTargetError
from tests.support.sockets import RawPeer, answers, answers_and_closes, is_silent, not_listening

TOKEN = "eyJ0b2tlbg.c2VjcmV0"
GOOD = {"access_token": TOKEN, "token_type": "bearer", "expires_in": "3599"}

NO_OBJECT = "its answer is not a JSON object with access_token, token_type and expires_in"
NO_USABLE_TOKEN = "its answer has no access_token that a header can carry"
NO_SECONDS = "its answer has no expires_in that is a whole number of seconds"


def answer_of(value, status="200 OK"):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def oauth(url, **options):
    return OAuth("client:1", Secret("s3cret/+é"), url, **options)


@pytest.fixture
def fetcher():
    return TokenFetcher(HttpTransport(policy=TargetPolicy()))


@pytest.fixture
def endpoint():
    with RawPeer(answers(answer_of(GOOD))) as peer:
        yield peer


def failure_of(fetcher, behave):
    with RawPeer(behave) as peer, pytest.raises(TokenFailure) as failed:
        fetcher.headers(oauth(f"{peer.url}oauth/token?tenant=hidden"), timeout_s=0.3)
    shown = f"no token from {peer.url}oauth/token?…: "
    assert str(failed.value).startswith(shown)
    return str(failed.value).removeprefix(shown)


def test_the_token_request_is_the_one_zoom_makes(fetcher, endpoint):
    fetcher.headers(oauth(f"{endpoint.url}oauth/token"), timeout_s=3)

    # printf 'client:1:s3cret/+é' | base64
    assert endpoint.requests == [
        b"POST /oauth/token?grant_type=client_credentials HTTP/1.1\r\n"
        b"host: 127.0.0.1:%d\r\n"
        b"user-agent: Zoom Marketplace/1.0a\r\n"
        b"content-length: 0\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n"
        b"authorization: Basic Y2xpZW50OjE6czNjcmV0LyvDqQ==\r\n"
        b"\r\n" % endpoint.port
    ]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("token?a=%zz", b"/token?a=%zz&grant_type=client_credentials"),
        ("token?", b"/token?grant_type=client_credentials"),
        ("", b"/?grant_type=client_credentials"),
    ],
    ids=["query", "empty-query", "no-path"],
)
def test_the_grant_is_added_to_the_query_that_is_there(fetcher, endpoint, path, sent):
    fetcher.headers(oauth(endpoint.url + path), timeout_s=3)

    assert endpoint.requests[0].split(b" ")[1] == sent


def test_a_scope_is_sent_along(fetcher, endpoint):
    fetcher.headers(oauth(f"{endpoint.url}token", scope="events:write a&b"), timeout_s=3)

    expected = b"/token?grant_type=client_credentials&scope=events%3Awrite%20a%26b"
    assert endpoint.requests[0].split(b" ")[1] == expected


def test_credentials_can_go_into_the_body(fetcher, endpoint):
    auth = oauth(f"{endpoint.url}token", scope="a", client_authentication=ClientAuthentication.BODY)

    fetcher.headers(auth, timeout_s=3)

    assert endpoint.requests == [
        b"POST /token HTTP/1.1\r\n"
        b"host: 127.0.0.1:%d\r\n"
        b"user-agent: Zoom Marketplace/1.0a\r\n"
        b"content-length: 91\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n"
        b"\r\n"
        b"client_id=client%%3A1&client_secret=s3cret%%2F%%2B%%C3%%A9&grant_type=client_credentials&scope=a"
        % endpoint.port
    ]


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        {**GOOD, "expires_in": 3599},
        {**GOOD, "expires_in": 86400, "scope": "x", "more": None},
        {**GOOD, "token_type": "Bearer"},
        {**GOOD, "token_type": "BEARER"},
    ],
    ids=["text", "number", "longer", "Bearer", "BEARER"],
)
def test_what_zoom_takes_becomes_a_bearer_token(fetcher, answer):
    with RawPeer(answers(answer_of(answer))) as peer:
        headers = fetcher.headers(oauth(peer.url), timeout_s=3)

    assert headers == (("authorization", f"Bearer {TOKEN}"),)


def test_a_token_is_fetched_each_time(fetcher, endpoint):
    for _ in range(2):
        fetcher.headers(oauth(endpoint.url), timeout_s=3)

    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", NO_OBJECT),
        (b"<html>", NO_OBJECT),
        (b"\xff\xfe{", NO_OBJECT),
        (b"[" * 60_000, NO_OBJECT),
        ([GOOD], NO_OBJECT),
        ({**GOOD, "more": "x" * 70_000}, NO_OBJECT),
        ({**GOOD, "access_token": None}, NO_USABLE_TOKEN),
        ({**GOOD, "access_token": ""}, NO_USABLE_TOKEN),
        ({**GOOD, "access_token": f"{TOKEN}\r\nx: y"}, NO_USABLE_TOKEN),
        ({**GOOD, "access_token": f"{TOKEN}€"}, NO_USABLE_TOKEN),
        ({"token_type": "bearer", "expires_in": 3599}, NO_USABLE_TOKEN),
        ({**GOOD, "token_type": TOKEN}, "its answer does not say token_type bearer"),
        ({**GOOD, "token_type": None}, "its answer does not say token_type bearer"),
        ({**GOOD, "expires_in": 3598}, "its expires_in is 3598; Zoom takes 3599 or more"),
        ({**GOOD, "expires_in": "60"}, "its expires_in is 60; Zoom takes 3599 or more"),
        ({**GOOD, "expires_in": "soon"}, NO_SECONDS),
        ({**GOOD, "expires_in": "٣٥٩٩"}, NO_SECONDS),
        ({**GOOD, "expires_in": True}, NO_SECONDS),
        ({**GOOD, "expires_in": 3600.5}, NO_SECONDS),
        ({"access_token": TOKEN, "token_type": "bearer"}, NO_SECONDS),
    ],
    ids=[
        "empty", "html", "bytes", "deep", "list", "too-long", "null-token", "empty-token", "two-lines",
        "not-ascii", "no-token", "other-type", "null-type", "3598", "60", "word", "digits", "true",
        "fraction", "no-expiry",
    ],
)  # fmt: skip
def test_what_zoom_would_not_take_is_a_failure_with_its_reason(fetcher, answer, reason):
    failure = failure_of(fetcher, answers(answer_of(answer)))

    assert failure == reason
    assert TOKEN not in failure


@pytest.mark.parametrize("status", ["201 Created", "302 Found", "401 Unauthorized", "500 Oops"], ids=str)
def test_any_other_status_is_a_failure(fetcher, status):
    failure = failure_of(fetcher, answers(answer_of(GOOD, status)))

    assert failure == f"it answered {status[:3]}; Zoom expects 200"


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (is_silent, "no answer within 0.3 s"),
        (answers(answer_of(GOOD)[:-1]), "status 200 came, but not the end of its body within 0.3 s"),
        (answers_and_closes(answer_of(GOOD)[:-1]), "the body of the answer is cut short or wrongly chunked"),
    ],
    ids=["silence", "half", "cut"],
)
def test_no_whole_answer_in_time_is_a_failure(fetcher, behave, reason):
    assert failure_of(fetcher, behave) == reason


def test_a_token_endpoint_that_is_not_there_is_a_failure(fetcher):
    with not_listening() as holder, pytest.raises(TokenFailure, match="connection refused"):
        fetcher.headers(oauth(f"http://127.0.0.1:{holder.getsockname()[1]}/"), timeout_s=3)


def test_a_token_url_that_cannot_be_used_is_a_failure(fetcher):
    with pytest.raises(TokenFailure, match="the token URL cannot be used: 'ftp://x' is not an http"):
        fetcher.headers(oauth("ftp://x"), timeout_s=3)


def test_a_token_url_is_held_to_the_same_addresses(fetcher):
    with pytest.raises(ForbiddenTargetError):
        fetcher.headers(oauth("http://169.254.169.254/token"), timeout_s=3)


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        (NoAuth(), ()),
        (LegacyTokenAuth(Secret("t")), (("authorization", "t"),)),
        # printf 'user:pass' | base64
        (BasicAuth("user", Secret("pass")), (("authorization", "Basic dXNlcjpwYXNz"),)),
        (CustomHeaderAuth("x-key", Secret("v")), (("x-key", "v"),)),
    ],
    ids=["none", "legacy", "basic", "custom"],
)
def test_other_authentication_asks_no_one(auth, headers):
    assert TokenFetcher(_NoTransport()).headers(auth, timeout_s=3) == headers


class _NoTransport:
    def send(self, request, *, timeout_s):
        raise AssertionError(f"{request} was sent within {timeout_s} s")
