from __future__ import annotations

from typing import Any

from emitter.core.request import Identity, SignedRequest, build_request, masked
from emitter.core.secrets import SecretToken

IDENTITY = Identity(
    request_id="6009d653_d487_445d_8406_42b654974899",
    tracking_id="v=2.0;clid=us02;rid=WEB_0123456789abcdef0123456789abcdef",
    traceparent="00-0123456789abcdef0123456789abcdef-0123456789abcdef-02",
    client_id="VjZoEArIT5y-HlWxkV-tVA",
)
BODY = (
    b'{"payload":{"plainToken":"xys8n8PGS7mAU0m5-YJjRA"},'
    b'"event_ts":1720705455858,"event":"endpoint.url_validation"}'
)


def request(**changes):
    arguments: dict[str, Any] = {
        "url": "http://localhost:3000/hook?a=1",
        "host": "localhost:3000",
        "body": BODY,
        "identity": IDENTITY,
        "secret_token": SecretToken("4fv1RkqGQUq5sWbEz6hA5A"),
        "timestamp_s": 1720705455,
    }
    return build_request(**arguments | changes)


def test_the_headers_are_zooms_in_zooms_order():
    # The signature is the one Zoom sent with this captured body.
    assert request().headers == (
        ("host", "localhost:3000"),
        ("content-type", "application/json; charset=utf-8"),
        ("content-length", "110"),
        ("user-agent", "Zoom Marketplace/1.0a"),
        ("clientid", "VjZoEArIT5y-HlWxkV-tVA"),
        ("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-02"),
        ("x-zm-request-id", "6009d653_d487_445d_8406_42b654974899"),
        ("x-zm-request-timestamp", "1720705455"),
        ("x-zm-signature", "v0=93a1a675965ceb9c5a50c5dfb31f20e50f763be37a54ef74cd2d16a1a8e5c0d6"),
        ("x-zm-trackingid", "v=2.0;clid=us02;rid=WEB_0123456789abcdef0123456789abcdef"),
        ("zm-trace-upstream", "Meeting_Web_marketplace-consumer"),
    )


def test_a_later_attempt_changes_timestamp_and_signature_and_nothing_else():
    first, second = dict(request().headers), dict(request(timestamp_s=1720705759).headers)

    changed = {name for name in first if first[name] != second[name]}

    assert changed == {"x-zm-request-timestamp", "x-zm-signature"}


def test_authentication_stands_among_the_headers():
    names = [name for name, _ in request(auth_headers=(("authorization", "Basic eDp5"),)).headers]

    assert names.count("authorization") == 1


def test_masking_hides_credentials_and_custom_headers_only():
    pairs = (("authorization", "Bearer canary"), ("X-Api-Key", "canary"), ("X-ZM-Signature", "v0=1"))

    assert masked(pairs) == (
        ("authorization", "********"),
        ("X-Api-Key", "********"),
        ("X-ZM-Signature", "v0=1"),
    )


def test_no_repr_shows_headers_or_body():
    shown = repr(SignedRequest(url="http://x/?token=canary", headers=(("a", "canary"),), body=b"canary"))

    assert "canary" not in shown


def test_a_header_is_found_whatever_its_case():
    assert request().header("X-Zm-Request-Timestamp") == "1720705455"
    assert request().header("x-other") is None
