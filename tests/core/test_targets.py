from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.targets import TargetPolicy, parse_target
from emitter.errors import ForbiddenTargetError, InvalidSettingError

PERSON = TargetPolicy()
APP = TargetPolicy(allows_private=False)


@pytest.mark.parametrize(
    ("url", "host_header", "path"),
    [
        ("http://localhost:3000/hook", "localhost:3000", "/hook"),
        ("http://localhost", "localhost", "/"),
        ("https://localhost:443/a", "localhost", "/a"),
        ("https://localhost:80/a", "localhost:80", "/a"),
        ("http://[::1]:9/", "[::1]:9", "/"),
        ("http://localhost/a/../b//c;d?x=1&y=%2F&z", "localhost", "/a/../b//c;d?x=1&y=%2F&z"),
        ("http://localhost/?", "localhost", "/?"),
        ("http://localhost?a=b", "localhost", "/?a=b"),
        ("http://localhost/%zz%41", "localhost", "/%zz%41"),
        ("http://localhost/é", "localhost", "/%C3%A9"),
    ],
)
def test_a_url_is_sent_as_given(url, host_header, path):
    target = parse_target(url)

    assert (target.host_header, target.path) == (host_header, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:3000",
        "ftp://localhost/",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://localhost:99999/",
        "http://localhost:0/",
        "http://[::1/",
        "http://local host/",
        "http://localhost/a\nb",
        "http://localhost/#part",
        "http://user:canary@localhost/",
        "not a url",
    ],
)
def test_what_is_no_target_is_refused_without_showing_a_password(url):
    with pytest.raises(InvalidSettingError) as caught:
        parse_target(url)

    assert "canary" not in str(caught.value)


def test_the_query_is_never_shown():
    assert parse_target("http://localhost:3/hook?key=canary").shown == "http://localhost:3/hook?…"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_open_to_everyone(address):
    PERSON.check(parse_target("http://name/"), address)
    APP.check(parse_target("http://name/"), address)


@pytest.mark.parametrize("address", ["10.0.0.4", "172.18.0.3", "192.168.1.5", "fd12::1", "::ffff:10.0.0.4"])
def test_private_addresses_are_for_urls_a_person_typed(address):
    PERSON.check(parse_target("http://name/"), address)
    with pytest.raises(ForbiddenTargetError, match="--allow-host name"):
        APP.check(parse_target("http://name/"), address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_public_addresses_want_a_word(address):
    with pytest.raises(ForbiddenTargetError, match=r"--allow-host hooks\.example\.com"):
        PERSON.check(parse_target("https://hooks.example.com/"), address)
    TargetPolicy(frozenset({"hooks.example.com"})).check(parse_target("https://HOOKS.example.com/"), address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - never bound
        "::",
        "224.0.0.1",
    ],
)
def test_special_addresses_are_refused_whatever_is_allowed(address):
    policy = TargetPolicy(frozenset({"name"}))

    with pytest.raises(ForbiddenTargetError) as caught:
        policy.check(parse_target("http://name/"), address)

    assert caught.value.host == "name"


@given(st.text())
def test_any_text_is_a_target_or_a_clear_refusal(text):
    try:
        target = parse_target(text)
    except InvalidSettingError:
        return
    assert target.path.isascii()
    assert target.host
