"""What the reads say, beside the events that were sent."""

from __future__ import annotations

import jsonschema_rs
import pytest

from emitter.catalog.rest import bundled_rest
from tests.support.zoom_calls import ZoomClient, twice

PEOPLE = "/zra/users/{}/conversations/playlists"


def announced(side, seed, source="ZOOM_MEETING", **overrides):
    """Announce a conversation, and return the object of the event."""
    overrides = {"source": source, **overrides}
    event = side.send("conversation_analysis_completed", seed=seed, overrides=overrides, force=True)
    return event["payload"]["object"]


def test_a_conversation_that_was_announced_has_the_host_source_and_engagement_of_the_event(side):
    told = announced(side, "agrees", "ZOOM_CONTACT_CENTER", engagement_id="u154t5-ASlK83fZb1YWqgw")

    shown = side.zoom.conversation(told["conversation_id"])

    assert shown["conversation_id"] == told["conversation_id"]
    assert shown["host_id"] == told["host_id"]
    assert shown["source"] == "ZOOM_CONTACT_CENTER"
    assert shown["engagement_id"] == "u154t5-ASlK83fZb1YWqgw"
    assert shown["conversation_type"] == "contact_center"
    assert "deal" not in shown


def test_it_is_told_alike_each_time_and_in_the_list(side):
    told = announced(side, "alike", "ZOOM_MEETING", conversation_id="egLSRuj2SlWet+wLi87LNA==,1667893163000")

    shown = side.zoom.conversation(told["conversation_id"])
    (listed,) = [
        each
        for each in side.zoom.got("/zra/conversations?page_size=300")["conversations"]
        if each["conversation_id"] == told["conversation_id"]
    ]

    assert side.zoom.conversation(told["conversation_id"]) == shown
    assert shown["meeting_uuid"] == "egLSRuj2SlWet+wLi87LNA=="
    assert shown["meeting_start_time"] == "2022-11-08T07:39:23Z"
    assert {key: shown[key] for key in listed if key in shown} == {
        key: listed[key] for key in listed if key in shown
    }
    assert listed["processing_analysis"] is False


def test_a_conversation_no_event_announced_is_not_there(side):
    code, message = side.zoom.refused("/zra/conversations/nothing", 404)

    assert (code, message) == (1005, "Conversation does not exist: nothing.")


def test_what_was_accepted_and_not_sent_is_not_there_yet(side):
    side.api.do("/api/subscriptions/1/pause", 200)
    try:
        (number,) = side.api.emit(
            event="conversation_analysis_completed", overrides={"conversation_id": "held-back"}
        )
        before = side.zoom.refused("/zra/conversations/held-back", 404)
        side.api.do(f"/api/deliveries/{number}/retry")
        side.api.settled(number)
        after = side.zoom.conversation("held-back")
    finally:
        side.api.do("/api/subscriptions/1/resume", 200)

    assert before[0] == 1005
    assert after["conversation_id"] == "held-back"


def test_comments_appear_with_their_events_and_not_before(side):
    id_ = announced(side, "comments")["conversation_id"]
    comments = f"/zra/conversations/{twice(id_)}/comments"
    before = side.zoom.got(comments)["comments"]

    events = [
        side.send("post_comment_completed", seed=str(number), overrides={"conversation_id": id_})
        for number in range(2)
    ]
    after = side.zoom.got(comments)["comments"]

    assert before == []
    assert [each["id"] for each in after] == [each["payload"]["object"]["comment_id"] for each in events]
    assert [each["comment"] for each in after] == [each["payload"]["object"]["text"] for each in events]
    assert [each["user_email"] for each in after] == [each["payload"]["operator"] for each in events]


def association(deal):
    return {"deal_id": deal, "account_id": "0015g00000AbCdEAAV", "lead_id": None}


def crm_event(id_, old, new):
    return {
        "account_id": "an-account",
        "object": [
            {
                "conversation_id": id_,
                "old_associations": [association(deal) for deal in old],
                "new_associations": [association(deal) for deal in new],
            }
        ],
    }


def test_crm_associations_appear_and_go_with_their_events(side):
    id_ = announced(side, "crm")["conversation_id"]
    event = "conversation_crm_associations_changed"
    deals = []
    for old, new in ([], ["006A"]), (["006A"], ["006B"]), (["006B"], []):
        side.send(event, payload=crm_event(id_, old, new), force=True)
        deals.append(side.zoom.conversation(id_).get("deal", {}).get("id"))
        if new == ["006B"]:
            beside = side.zoom.conversation(id_)["deal"]
            whole = side.zoom.got("/zra/deals/006B")
            listed = side.zoom.got("/zra/conversations?deal_id=006B")["conversations"]
            left = side.zoom.got("/zra/conversations?deal_id=006A")["conversations"]

    assert deals == ["006A", "006B", None]
    assert beside["name"] == whole["deal_name"]
    assert beside["stage"] == whole["deal_stage"]
    assert whole["number_of_conversations"] == 1
    assert [each["conversation_id"] for each in listed] == [id_]
    assert left == []
    assert side.zoom.refused("/zra/deals/006C", 404) == (1005, "Deal does not exist: 006C.")
    assert {"006A", "006B"} <= {each["deal_id"] for each in side.zoom.got("/zra/deals")["deals"]}


def test_a_playlist_is_there_from_its_first_event_until_it_is_deleted(side):
    seed = "a playlist"
    created = side.send("playlist_create", seed=seed)["payload"]
    mine = PEOPLE.format(created["operator_id"])
    id_ = created["object"]["playlist_id"]

    def shown():
        found = [each for each in side.zoom.got(mine)["playlists"] if each["playlist_id"] == id_]
        return found[0] if found else None

    first = shown()
    added = side.send("playlist_add_moment", seed=seed)["payload"]["object"]
    second = shown()
    side.send("playlist_delete", seed=seed)

    assert first["playlist_name"] == created["object"]["playlist_name"]
    assert first["type"] == {"BASIC": "Normal", "SMART": "Smart"}[created["object"]["playlist_type"]]
    assert first["number_of_conversations"] == 0
    assert added["playlist_id"] == id_
    assert second["number_of_conversations"] == 1
    assert shown() is None
    assert side.zoom.refused(PEOPLE.format("nobody"), 404) == (1001, "User ID does not exist: nobody")


def test_an_event_that_went_to_two_subscriptions_counts_once(side):
    number = side.api.subscribe(side.receiver.url + "other")["id"]
    try:
        ids = side.api.emit(event="post_comment_completed", overrides={"conversation_id": "told-twice"})
        for delivery in ids:
            side.api.settled(delivery)
        comments = side.zoom.conversation("told-twice", "/comments")["comments"]
        listed = side.zoom.got("/zra/conversations")["conversations"]
    finally:
        side.api.delete(f"/api/subscriptions/{number}")

    assert len(ids) == 2
    assert len(comments) == 1
    assert [each["conversation_id"] for each in listed].count("told-twice") == 1


def test_before_its_analysis_was_announced_a_conversation_is_being_processed(side):
    side.send("post_comment_completed", overrides={"conversation_id": "early"})

    (listed,) = [
        each
        for each in side.zoom.got("/zra/conversations?page_size=300")["conversations"]
        if each["conversation_id"] == "early"
    ]
    analysis = side.zoom.conversation("early", "/content_analysis?analysis_type=all")

    assert listed["processing_analysis"] is True
    assert "iq_processed_time" not in listed
    assert analysis["topics"] == []
    assert side.zoom.conversation("early", "/scorecards")["scorecards"] == []


def test_each_part_of_the_analysis_is_a_part_of_the_whole(side):
    id_ = announced(side, "analysis")["conversation_id"]

    def part(kind):
        return side.zoom.conversation(id_, f"/content_analysis?analysis_type={kind}")

    whole = part("all")

    assert part("nextSteps")["analysis"] == whole["next_steps"] != []
    assert part("engagingQuestions")["analysis"] == whole["good_questions"]
    assert part("smartChapters")["smart_chapters"] == whole["smart_chapters"]
    assert "summary" in part("smartChapters")
    assert part("dealMemo")["deal_memo"] == whole["deal_memo"]


def test_the_host_is_the_same_person_on_every_path(side):
    seed = "one host"
    commented = side.send("post_comment_completed", seed=seed)["payload"]
    told = announced(side, seed, host_id=commented["operator_id"])
    id_ = told["conversation_id"]

    shown = side.zoom.conversation(id_)
    first = side.zoom.conversation(id_, "/interactions")["participants"][0]

    assert shown["host_email"] == first["email"] == commented["operator"]
    assert first["user_id"] == told["host_id"]
    assert first["speaker_type"] == shown["participants"][0]["type"] == "rep"


def test_the_list_is_narrowed_down_by_host_type_and_time(side):
    told = announced(side, "narrow", "ZOOM_PHONE", host_id="HostOfOneCallAlone0000")
    id_ = told["conversation_id"]

    def listed(query):
        return [
            each["conversation_id"] for each in side.zoom.got(f"/zra/conversations?{query}")["conversations"]
        ]

    mine = "host_id=HostOfOneCallAlone0000"
    processed = side.zoom.conversation(id_)["iq_processed_time"]

    assert listed(mine) == [id_]
    assert listed(f"{mine}&conversation_type=phone") == [id_]
    assert listed(f"{mine}&conversation_type=meeting") == []
    assert listed(f"{mine}&period_type=iqProcessedTime&from={processed}&to={processed}") == [id_]
    assert listed(f"{mine}&to=2020-01-01T00:00:00Z") == []
    assert side.zoom.refused("/zra/conversations?host_id=nobody", 404)[0] == 1005
    assert side.zoom.refused("/zra/conversations?team_id=none", 404) == (1005, "Team does not exist: none")
    assert side.zoom.refused("/zra/conversations?from=yesterday", 400)[0] == 1001


@pytest.mark.parametrize("operation", bundled_rest()[0].operations, ids=lambda each: each.id)
def test_what_is_answered_fits_the_document(side, operation):
    told = announced(side, "fits")
    id_ = told["conversation_id"]
    side.send("post_comment_completed", seed="fits", overrides={"conversation_id": id_})
    side.send("conversation_crm_associations_changed", payload=crm_event(id_, [], ["006F"]), force=True)
    owner = side.send("playlist_create", seed="fits")["payload"]["operator_id"]
    values = {"conversationId": twice(id_), "dealId": "006F", "userId": owner}
    path = operation.path.format(**values)
    query = "?analysis_type=all" if path.endswith("content_analysis") else ""

    answer = side.zoom.got(path + query)

    jsonschema_rs.Draft202012Validator(operation.schema).validate(answer)
    items = next((value for value in answer.values() if isinstance(value, list)), None)
    assert items != []


def test_what_was_sent_is_there_after_a_restart(tmp_path):
    from tests.support.api import SECRET_TOKEN, running_app  # noqa: PLC0415
    from tests.support.receiving import Receiver  # noqa: PLC0415

    with Receiver(SECRET_TOKEN) as receiver:
        with running_app(tmp_path) as api:
            api.subscribe(receiver.url)
            (number,) = api.emit(event="conversation_analysis_completed")
            api.settled(number)
            told = receiver.arrivals[-1].value["payload"]["object"]
            zoom = ZoomClient(api.base)
            before = zoom.conversation(told["conversation_id"])
        with running_app(tmp_path) as again:
            # The token is good for its hour, too, whichever run gave it.
            after = ZoomClient(again.base, zoom.headers).conversation(told["conversation_id"])

    assert after == before
