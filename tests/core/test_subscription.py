from __future__ import annotations

import pytest

from emitter.core.secrets import Secret
from emitter.core.subscription import (
    BasicAuth,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
    Subscription,
)
from emitter.errors import InvalidSettingError


def test_basic_authentication_keeps_colons_in_the_password():
    # base64 of user:pa:ss:wörd, made with: printf 'user:pa:ss:wörd' | base64
    auth = BasicAuth("user", Secret("pa:ss:wörd"))

    assert auth.headers() == (("authorization", "Basic dXNlcjpwYTpzczp3w7ZyZA=="),)


def test_the_default_mode_adds_nothing():
    assert NoAuth().headers() == ()


def test_the_legacy_mode_sends_the_verification_token():
    assert LegacyTokenAuth(Secret("vt")).headers() == (("authorization", "vt"),)


def test_the_custom_header_is_sent_as_named():
    assert CustomHeaderAuth("X-Api-Key", Secret("k")).headers() == (("X-Api-Key", "k"),)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BasicAuth("u" * 257, Secret("p")),
        lambda: BasicAuth("u", Secret("p" * 257)),
        lambda: BasicAuth("u", Secret("p\nq")),
        lambda: BasicAuth("a:b", Secret("p")),
        lambda: BasicAuth("", Secret("p")),
        lambda: CustomHeaderAuth("x_y", Secret("v")),
        lambda: CustomHeaderAuth("x" * 257, Secret("v")),
        lambda: CustomHeaderAuth("x-key", Secret("v" * 257)),
        lambda: CustomHeaderAuth("x-key", Secret("a\r\nb: c")),
        lambda: CustomHeaderAuth("X-Zm-Signature", Secret("v")),
        lambda: CustomHeaderAuth("Content-Length", Secret("v")),
        lambda: CustomHeaderAuth("authorization", Secret("v")),
        lambda: OAuth("id", Secret("s"), "https://localhost/" + "t" * 1000),
    ],
    ids=[
        "user too long",
        "password too long",
        "password with line feed",
        "colon in user",
        "empty user",
        "underscore in name",
        "name too long",
        "value too long",
        "value with header injection",
        "reserved signature header",
        "reserved http header",
        "reserved authorization",
        "token url too long",
    ],
)
def test_zooms_limits_are_kept(make):
    with pytest.raises(InvalidSettingError):
        make()


@pytest.mark.parametrize("length", [1, 256])
def test_values_at_the_limits_are_taken(length):
    BasicAuth("u" * length, Secret("p" * length))
    CustomHeaderAuth("x" * length, Secret("v" * length))


@pytest.mark.parametrize(
    ("patterns", "event", "is_wanted"),
    [
        (("*",), "meeting.started", True),
        (("meeting.*",), "meeting.started", True),
        (("meeting.*",), "recording.started", False),
        (("a.b", "meeting.started"), "meeting.started", True),
        ((), "meeting.started", False),
        (("Meeting.*",), "meeting.started", False),
    ],
)
def test_a_subscription_wants_what_its_patterns_name(patterns, event, is_wanted):
    assert Subscription(url="http://localhost/", events=patterns).wants(event) is is_wanted


@pytest.mark.parametrize(
    "auth",
    [
        BasicAuth("u", Secret("canary")),
        OAuth("id", Secret("canary"), "http://localhost/"),
        CustomHeaderAuth("x-key", Secret("canary")),
        LegacyTokenAuth(Secret("canary")),
    ],
)
def test_no_repr_shows_a_secret(auth):
    assert "canary" not in repr(Subscription(url="http://localhost/", auth=auth))
