"""A delivery as a command for curl: the recorded headers and the exact body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.core.deliveries import Attempt, Delivery

_CURLS_OWN: Final = {"host", "content-length"}
"""Headers curl writes itself, from the URL and the body."""


def curl_command(delivery: Delivery, url: str, attempts: Sequence[Attempt]) -> bytes:
    """Return shell lines that send the last of a delivery's attempts again, byte for byte.

    curl cannot sign, so the signature is the recorded one; what is masked or left out of the record is said
    in a comment. Bytes, since header values need not be UTF-8.

    Args:
        delivery: What was sent.
        url: Where to, without its query where the record has none.
        attempts: Those up to the one that is wanted.
    """
    comments = [f"# delivery {delivery.id}, {delivery.event!a}"]
    if not attempts:
        return f"{comments[0]}: not attempted yet\n".encode()
    attempt = attempts[-1]
    comments[0] += f", attempt {attempt.number}, signed for {attempt.timestamp_s}"
    comments.append(
        "# a receiver may refuse an old timestamp; this signs anew: "
        f"zoom-emitter deliveries replay {delivery.id}"
    )
    if any(value == MASK for _, value in attempt.request_headers):
        comments.append(f"# {MASK} stands for credentials, which the record does not show")
    url, question_mark, _ = url.partition("?")
    if question_mark:
        comments.append("# the URL had a query, which the record does not show")
    body = delivery.body if attempt.sent_body is None else attempt.sent_body
    options = [
        b"--header " + _quoted(f"{name}: {value}" if value else f"{name};")
        for name, value in attempt.request_headers
        if name.lower() not in _CURLS_OWN
    ]
    options += [b"--header accept: --header expect:", b"--data-binary @- " + _quoted(url)]
    command = b" \\\n  ".join([b"curl --include --globoff --path-as-is", *options])
    return "\n".join(comments).encode() + b"\n" + _printing(body) + b" | " + command + b"\n"


def _printing(body: bytes) -> bytes:
    """Return a shell command that prints exactly these bytes; a here-document would add a line break."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return b"printf '" + b"".join(b"\\%03o" % byte for byte in body) + b"'"
    return b"printf %s " + _quoted(text, "utf-8")


def _quoted(text: str, encoding: str = "latin-1") -> bytes:
    return b"'" + text.encode(encoding, "backslashreplace").replace(b"'", b"'\\''") + b"'"
