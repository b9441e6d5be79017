"""What one writes who wants nothing but speed: no stories, no people, no schema; events spelt out."""

from __future__ import annotations

import binascii
import hashlib
import json
from random import Random
from typing import IO

from emitter.faking.corpus.requests import TEST_SECRET_TOKEN

EVENTS_A_WRITE = 64
BLOCK = 49_152
ROOM = 700
HEAD = (
    '"content-type":"application/json; charset=utf-8","x-zm-request-id":"%s_%s_4%s_8%s_%s",'
    '"x-zm-request-timestamp":"%d","x-zm-signature":"v0=%s"'
)


def lines_by_hand(count: int, out: IO[bytes]) -> None:  # noqa: PLR0915 - a call would cost
    """Write lines of the same shape as a corpus's: three kinds of events in turn."""
    rng = Random(7)  # noqa: S311 - no secrets
    block = TEST_SECRET_TOKEN.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in block))
    outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in block))
    names = [json.dumps(f"Best calls {number} é")[1:-1] for number in range(1024)]
    mails = [f"jane.doe{number}@example.com" for number in range(1024)]
    lines = list[bytes]()
    ids = digits = ""
    at = BLOCK
    event_ts = 1_767_571_200_000
    for number in range(count):
        if at + ROOM > BLOCK:
            octets = rng.randbytes(BLOCK)
            ids = binascii.b2a_base64(octets).translate(bytes.maketrans(b"+/", b"-_")).decode()
            digits, at = octets.hex(), 0
        event_ts += 7
        chosen = rng.getrandbits(30)
        b, d = ids[at : at + 160], digits[at : at + 300]
        at += 300
        name, mail = names[chosen & 1023], mails[chosen >> 10 & 1023]
        if number % 3 == 0:
            body = f'{{"event":"revenue_accelerator.playlist_add_moment","event_ts":{event_ts},"payload":{{"account_id":"{b[:22]}","operator_id":"{b[22:44]}","operator":"{mail}","object":{{"playlist_id":"{d[:8]}-{d[8:12]}-{d[12:16]}-{d[16:20]}-{d[20:32]}","playlist_name":"{name}","playlist_detail_id":"{d[32:40]}-{d[40:44]}-{d[44:48]}-{d[48:52]}-{d[52:64]}","moment_id":"{b[44:66]}","moment_name":"{names[chosen >> 20]}","update_time":{event_ts}}}}}}}'  # noqa: E501
        elif number % 3 == 1:
            body = f'{{"event":"revenue_accelerator.post_comment_completed","event_ts":{event_ts},"payload":{{"account_id":"{b[:22]}","operator_id":"{b[22:44]}","operator":"{mail}","object":{{"comment_id":"{d[:8]}-{d[8:12]}-{d[12:16]}-{d[16:20]}-{d[20:32]}","conversation_id":"{d[32:64]}","text":"{name}"}}}}}}'  # noqa: E501
        else:
            body = f'{{"event":"revenue_accelerator.conversation_crm_associations_changed","event_ts":{event_ts},"payload":{{"account_id":"{b[:22]}","object":[{{"conversation_id":"{d[:32]}","old_associations":[],"new_associations":[{{"deal_id":"006aa0{b[22:34]}","account_id":"001aa0{b[34:46]}"}}]}}]}}}}'  # noqa: E501
        encoded = body.encode()
        second = event_ts // 1000
        i, o = inner.copy(), outer.copy()
        i.update(b"v0:%d:%b" % (second, encoded))
        o.update(i.digest())
        h = d[100:]
        headers = HEAD % (h[:8], h[8:12], h[13:16], h[17:20], h[20:32], second, o.hexdigest())
        event = body[10 : body.index('"', 10)]
        line = f'{{"event":"{event}","story":"by-hand/{number}","index":0,"headers":{{{headers}}},"body":"'
        lines += (line.encode(), encoded.replace(b"\\", b"\\\\").replace(b'"', b'\\"'), b'"}\n')
        if len(lines) == 3 * EVENTS_A_WRITE:
            piece = b"".join(lines)
            lines.clear()
            out.write(piece)
