"""Pages: every thing once, tokens for fifteen minutes and one query."""

from __future__ import annotations

import pytest

from emitter.app.zoom.errors import ZoomError
from emitter.app.zoom.paging import Page
from tests.support.zoom_calls import twice

NOW_MS = 1_790_000_000_000
QUERY = {"host_id": "a", "page_size": "2"}


def pages(zoom, path, key):
    """Return the pages of a list."""
    found, token = [], ""
    while True:
        joint = "&" if "?" in path else "?"
        value = zoom.got(f"{path}{joint}page_size=3&next_page_token={token}")
        found.append(value[key])
        token = value["next_page_token"]
        if not token:
            return found


def test_pages_show_every_conversation_once_newest_first(side):
    numbers = side.api.emit(event="conversation_analysis_completed", count=8, seed="pages")
    for number in numbers:
        side.api.settled(number)

    shown = pages(side.zoom, "/zra/conversations", "conversations")
    ids = [each["conversation_id"] for page in shown for each in page]
    sent = [each.value["payload"]["object"]["conversation_id"] for each in side.receiver.arrivals[-8:]]

    assert [len(page) for page in shown] == [3, 3, 2]
    assert len(set(ids)) == 8
    assert sorted(ids) == sorted(sent)


def test_pages_of_comments_follow_each_other(side):
    for number in range(4):
        side.send("post_comment_completed", seed=str(number), overrides={"conversation_id": "paged"})

    shown = pages(side.zoom, f"/zra/conversations/{twice('paged')}/comments", "comments")

    assert [len(page) for page in shown] == [3, 1]


def test_pages_of_one_event_about_many_conversations_lose_none(side):
    items = [
        {"conversation_id": f"many-{number}", "old_associations": [], "new_associations": []}
        for number in range(7)
    ]
    side.send(
        "conversation_crm_associations_changed", payload={"account_id": "a", "object": items}, force=True
    )

    shown = pages(side.zoom, "/zra/conversations", "conversations")
    ids = [each["conversation_id"] for page in shown for each in page]

    assert {f"many-{number}" for number in range(7)} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("size", ["0", "301", "-1", "many", "1.5", ""])
def test_a_page_size_that_does_not_fit_is_refused(side, size):
    code, message = side.zoom.refused(f"/zra/conversations?page_size={size}", 400)

    assert (code, message) == (1001, "Invalid request parameter: page_size.")


@pytest.mark.parametrize("token", ["nonsense", "AAAA", "%00", "eyJhIjoxfQ", "\xe4"])
def test_a_token_that_was_not_given_is_refused(side, token):
    refused = side.zoom.refused(f"/zra/conversations?next_page_token={token}", 400)

    assert refused == (300, "The next page token is invalid or expired.")


def test_a_token_is_good_for_fifteen_minutes():
    token = Page("/zra/deals", QUERY, now_ms=NOW_MS).token([7, "a"])
    asked = QUERY | {"next_page_token": token}

    assert Page("/zra/deals", asked, now_ms=NOW_MS + 899_999).place == [7, "a"]
    with pytest.raises(ZoomError) as caught:
        Page("/zra/deals", asked, now_ms=NOW_MS + 900_000)
    assert caught.value.code == 300


@pytest.mark.parametrize(("path", "query"), [("/zra/deals", {"host_id": "b"}), ("/zra/other", QUERY)])
def test_a_token_is_good_for_its_own_query(path, query):
    token = Page("/zra/deals", QUERY, now_ms=NOW_MS).token(3)

    with pytest.raises(ZoomError):
        Page(path, query | {"next_page_token": token}, now_ms=NOW_MS)


def test_another_page_size_is_the_same_query():
    token = Page("/zra/deals", QUERY, now_ms=NOW_MS).token(3)

    assert Page("/zra/deals", {"host_id": "a", "next_page_token": token}, now_ms=NOW_MS).place == 3
