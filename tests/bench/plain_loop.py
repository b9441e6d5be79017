"""The loop one would write first: Faker for each field, `json.dumps`, `hmac.new`."""

from __future__ import annotations

import hashlib
import hmac
import json
from itertools import cycle
from typing import TYPE_CHECKING

from emitter.faking.corpus.requests import TEST_SECRET_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO, Any

    from faker import Faker

KEY = TEST_SECRET_TOKEN.encode()


def naive_lines(fake: Faker, count: int, out: IO[bytes]) -> None:
    """Write lines the way one would at first."""
    makers = cycle(_naive_events(fake))
    event_ts = 1_767_571_200_000
    for number in range(count):
        event_ts += 7
        name, payload = next(makers)(event_ts)
        envelope = {"event": f"revenue_accelerator.{name}", "event_ts": event_ts, "payload": payload}
        body = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
        timestamp = str(event_ts // 1000)
        signature = hmac.new(KEY, f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-zm-request-id": fake.uuid4().replace("-", "_"),
            "x-zm-request-timestamp": timestamp,
            "x-zm-signature": f"v0={signature}",
        }
        line = {
            "event": envelope["event"],
            "story": f"naive/{number}",
            "index": 0,
            "headers": headers,
            "body": body,
        }
        out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _naive_events(  # noqa: C901 - eight makers, each of a few lines
    fake: Faker,
) -> list[Callable[[int], tuple[str, dict[str, Any]]]]:
    """Return makers of the events of the stories, with their fields and in about their mix.

    Of twenty events six add a moment, two remove one, and so on. Nothing agrees between them, and Faker's
    words are not about sales: what one would go on to add makes the loop slower.
    """

    def identifier() -> str:
        return fake.bothify("?" * 22)

    def by() -> dict[str, Any]:
        return {"account_id": identifier(), "operator_id": identifier(), "operator": fake.safe_email()}

    def moment(name: str) -> Callable[[int], tuple[str, dict[str, Any]]]:
        return lambda at_ms: (
            name,
            {
                **by(),
                "object": {
                    "playlist_id": fake.uuid4(),
                    "playlist_name": fake.catch_phrase(),
                    "playlist_detail_id": fake.uuid4(),
                    "moment_id": identifier(),
                    "moment_name": fake.sentence(nb_words=4),
                    "update_time": at_ms,
                },
            },
        )

    def playlist(at_ms: int) -> tuple[str, dict[str, Any]]:
        made = {
            "playlist_id": fake.uuid4(),
            "playlist_type": fake.random_element(("BASIC", "SMART")),
            "playlist_name": fake.catch_phrase(),
            "create_time": at_ms,
        }
        return "playlist_create", {**by(), "object": made}

    def deleted(at_ms: int) -> tuple[str, dict[str, Any]]:
        gone = {"playlist_id": fake.uuid4(), "playlist_name": fake.catch_phrase(), "delete_time": at_ms}
        return "playlist_delete", {**by(), "object": gone}

    def comment(_: int) -> tuple[str, dict[str, Any]]:
        posted = {"comment_id": fake.uuid4(), "conversation_id": fake.md5(), "text": fake.sentence()}
        return "post_comment_completed", {**by(), "object": posted}

    def mention(at_ms: int) -> tuple[str, dict[str, Any]]:
        name, payload = comment(at_ms)
        payload["object"]["text"] = f"@{fake.name()} {payload['object']['text']}"
        return name, payload

    def analysis(_: int) -> tuple[str, dict[str, Any]]:
        source = fake.random_element(("ZOOM_MEETING", "ZOOM_PHONE", "ZOOM_CONTACT_CENTER", "OTHERS"))
        analysed = {"conversation_id": fake.md5(), "source": source, "host_id": identifier()}
        if source == "ZOOM_CONTACT_CENTER":
            analysed["engagement_id"] = identifier()
        return "conversation_analysis_completed", {"account_id": identifier(), "object": analysed}

    def records() -> dict[str, str]:
        prefixes = {"deal_id": "006", "account_id": "001", "lead_id": "00Q"}
        return {name: fake.bothify(f"{prefix}???????????????") for name, prefix in prefixes.items()}

    def change(_: int) -> tuple[str, dict[str, Any]]:
        changed = {"conversation_id": fake.md5(), "old_associations": [], "new_associations": [records()]}
        return "conversation_crm_associations_changed", {"account_id": identifier(), "object": [changed]}

    add, remove = moment("playlist_add_moment"), moment("playlist_remove_moment")
    return [
        *(playlist, add, add, remove, analysis, comment, change, add, mention, comment),
        *(playlist, add, add, remove, analysis, comment, change, add, mention, deleted),
    ]
