"""The pages as the server makes them, without a browser."""

from __future__ import annotations

import html
import re

import pytest
import requests

from tests.support.api import ENVIRON, SECRET_TOKEN, TIMEOUT_S, running_app
from tests.support.receiving import Receiver
from tests.support.visitor import PAGE, Visitor, form_fields

CREATE = "revenue_accelerator.playlist_create"
NAME = "at:payload.object.playlist_name"


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def api(tmp_path):
    with running_app(tmp_path) as api:
        yield api


@pytest.fixture
def visitor(api):
    return Visitor(api.base)


@pytest.fixture
def home(api, receiver, visitor):
    """The home page with the form for one event, an endpoint subscribed."""
    api.subscribe(receiver.url, name="mine", retry="none")
    return visitor.get(f"/?event={CREATE}").text


def delivered(api, receiver):
    number = api.deliveries()[0]["id"]
    api.settled(number)
    return receiver.arrivals[-1].value


def test_people_get_a_page_and_programs_the_routes(api, visitor):
    assert "text/html" in visitor.get("/").headers["Content-Type"]
    assert "GET /api/deliveries" in api.get("/").json()["routes"]


def test_every_page_may_load_only_what_is_here(visitor, home, api):
    number = api.emit(event="playlist_create")[0]
    for path in ("/", "/deliveries", f"/deliveries/{number}", "/subscriptions/1", "/streams", "/charts"):
        answer = visitor.get(path)

        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        # With no-referrer a browser would send the forms with "Origin: null", which the guard refuses.
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', answer.text) == []
        assert re.findall(r"<[^>]* style=|<style|<script>|javascript:|<[^>]* on\w+=", answer.text) == []


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/", "No endpoint is subscribed yet."),
        ("/deliveries", 'href="/#subscribe"'),
        ("/streams", 'href="/#subscribe"'),
        ("/charts", "nothing to draw"),
    ],
)
def test_an_empty_page_says_what_to_do_first(visitor, path, first):
    assert first in visitor.get(path).text


def test_an_endpoint_is_subscribed_from_the_page(api, receiver, visitor):
    page = visitor.get("/").text
    answer = visitor.submit("/subscriptions", page, "/subscriptions", url=receiver.url, time_scale="1000")

    assert answer.url == f"{api.base}/"
    (subscription,) = api.get("/api/subscriptions").json()["subscriptions"]
    assert (subscription["state"], subscription["time_scale"]) == ("active", 1000)


def test_an_endpoint_that_does_not_pass_is_explained_where_it_was_typed(api, visitor):
    with Receiver(SECRET_TOKEN) as receiver:
        receiver.answer_with(200)
        page = visitor.get("/").text
        answer = visitor.submit("/subscriptions", page, "/subscriptions", url=receiver.url, name="kept")

    assert answer.status_code == 422
    assert "did not pass URL validation" in answer.text
    assert "empty-body" in answer.text or "<dt>" in answer.text
    assert f'value="{receiver.url}"' in answer.text
    assert 'value="kept"' in answer.text
    assert api.get("/api/subscriptions").json()["subscriptions"] == []


WRONG_FIELDS = [
    ("url", "ftp://localhost/", "http"),
    ("url", "http://169.254.1.1/hook", "169.254.1.1"),
    ("events", "no_such_event", "unknown event"),
    ("time_scale", "fast", "expected a number"),
    ("retry", "sometimes", "retry schedule"),
    ("timeout", "11m", "1ms to 10m"),
    ("secret_token", "ümlaut-canary", "printable ASCII"),
]


def test_what_is_wrong_with_a_subscription_stands_beside_its_field(api, visitor):
    page = visitor.get("/").text
    for field, typed, said in WRONG_FIELDS:
        fields = {"url": "http://localhost:9/"} | {field: typed}
        answer = visitor.submit("/subscriptions", page, "/subscriptions", **fields)

        assert answer.status_code == 422, field
        wrong = re.search(rf'id="sub-{field}-wrong">([^<]*)', answer.text)
        assert wrong, field
        assert said in html.unescape(wrong[1]), field
        assert "canary" not in answer.text, field


def test_an_app_without_a_secret_token_says_so_beside_the_field(tmp_path):
    with running_app(tmp_path, environ={}) as api:
        visitor = Visitor(api.base)
        answer = visitor.submit("/subscriptions", visitor.get("/").text, "/subscriptions")

    assert answer.status_code == 422
    assert 'id="sub-secret_token-wrong"' in answer.text


def test_one_click_sends_the_event_as_it_was_filled_in(api, receiver, visitor, home):
    answer = visitor.submit("/send", home, "/send")
    sent = delivered(api, receiver)

    assert answer.status_code == 200
    assert "sent=1#send" in answer.url
    assert sent["event"] == CREATE
    assert sent["payload"]["object"]["playlist_name"] == dict(form_fields(home, "/send"))[NAME]


def test_every_field_can_be_edited_and_left_out(api, receiver, visitor, home):
    visitor.submit(
        "/send",
        home,
        "/send",
        **{
            NAME: "Ünïcode 🚒\r\nsecond line",
            "leave-out": ["payload.object.create_time", "payload.operator"],
        },
    )
    payload = delivered(api, receiver)["payload"]

    assert payload["object"]["playlist_name"] == "Ünïcode 🚒\nsecond line"
    assert "create_time" not in payload["object"]
    assert "operator" not in payload


def test_what_does_not_fit_stands_beside_its_field_and_nothing_is_sent(api, visitor, home):
    answer = visitor.submit(
        "/send", home, "/send", **{"at:payload.object.create_time": "noon", NAME: "<kept>"}
    )

    assert answer.status_code == 422
    field = re.search(r'<div class="field wrong">.*?</div>', answer.text, re.DOTALL)
    assert field
    assert 'name="at:payload.object.create_time"' in field[0]
    assert 'value="noon"' in field[0]
    assert "expected an integer" in field[0]
    assert 'value="&lt;kept&gt;"' in answer.text
    assert api.deliveries() == []
    assert 'name="force"' in answer.text


def test_what_does_not_fit_is_sent_all_the_same_when_one_insists(api, receiver, visitor, home):
    wrong = {"at:payload.object.create_time": "noon"}
    answer = visitor.submit("/send", home, "/send", **wrong)
    visitor.submit("/send", answer.text, "/send", force="on")

    assert delivered(api, receiver)["payload"]["object"]["create_time"] == "noon"


def test_json_is_sent_as_it_was_written(api, receiver, visitor, home):
    written = f'{{"event": "{CREATE}", "event_ts": 5, "payload": {{"account_id": "a", "object": ' + (
        '{"playlist_id": "1", "playlist_type": "BASIC", "playlist_name": "x"}}}'
    )
    visitor.submit("/send", home, "/send", view="json", json=written)
    sent = delivered(api, receiver)

    assert sent["event_ts"] == 5
    assert sent["payload"]["account_id"] == "a"


def test_an_exact_body_is_sent_byte_for_byte(api, receiver, visitor, home):
    visitor.submit("/send", home, "/send", view="exact", json='{"b" :1,\r\n "a":[]}')
    delivered(api, receiver)

    assert receiver.arrivals[-1].body == b'{"b" :1,\n "a":[]}'


@pytest.mark.parametrize(
    ("written", "said"),
    [("{", "not JSON"), ("[1]", "expected an object"), ('{"payload": {}}', "the required property")],
)
def test_json_that_cannot_be_sent_is_kept_and_explained(api, visitor, home, written, said):
    answer = visitor.submit("/send", home, "/send", view="json", json=written)

    assert answer.status_code == 422
    assert said in answer.text
    assert dict(form_fields(answer.text, "/send"))["json"] == written
    assert api.deliveries() == []


def test_faults_are_chosen_from_the_list(api, receiver, visitor, home):
    visitor.submit("/send", home, "/send", fault=["wrong-signature", "duplicate"])

    assert {tuple(one["faults"]) for one in api.deliveries()} == {("wrong-signature", "duplicate")}
    assert len(api.deliveries()) == 2


def test_a_story_is_sent_whole(api, receiver, visitor, home):
    page = visitor.get("/?event=story:playlist-and-conversation").text
    answer = visitor.submit("/send", page, "/send")

    assert len(api.deliveries()) == 7
    assert answer.text.count('id="sent') >= 7


def test_an_event_nobody_wants_is_refused_in_place(api, visitor):
    answer = visitor.submit("/send", visitor.get("/").text, "/send")

    assert answer.status_code == 422
    assert "no subscription that can be sent to wants" in html.unescape(answer.text)


def test_a_form_of_another_page_does_nothing(api, home):
    stranger = requests.post(
        f"{api.base}/send", data=form_fields(home, "/send"), headers=PAGE, timeout=TIMEOUT_S
    )

    assert stranger.status_code == 415
    assert "load its page anew" in stranger.text
    assert api.deliveries() == []


def test_the_list_is_filtered_and_leads_on(api, receiver, visitor, home):
    for _ in range(30):
        api.emit(event="playlist_create")
        api.emit(event="playlist_delete")
    whole = visitor.get("/deliveries?event=&outcome=&state=").text
    (older,) = map(html.unescape, re.findall(r'href="(/deliveries\?[^"]*before[^"]*)"', whole))

    assert whole.count('<tr id="d') == 50
    assert visitor.get(older).text.count('<tr id="d') == 10
    assert visitor.get("/deliveries?event=playlist_delete").text.count('<tr id="d') == 30
    assert "Nothing fits this filter" in visitor.get("/deliveries?event=nothing").text


def test_a_filter_that_makes_no_sense_is_explained(visitor):
    answer = visitor.get("/deliveries?state=lost&since=yesterday")

    assert answer.status_code == 422
    assert "expected one of pending, delivered, failed, cancelled" in html.unescape(answer.text)
    assert 'value="yesterday"' in answer.text


def test_a_delivery_shows_both_sides_of_every_exchange(api, receiver, visitor, home):
    receiver.answer_with(404)
    number = api.emit(event="playlist_create")[0]
    api.settled(number)
    page = visitor.get(f"/deliveries/{number}").text

    assert "x-zm-signature" in page
    assert "404 refused" in page
    assert "Werkzeug" in page
    assert "curl --include" in page
    assert "given up" in page


def test_exact_bytes_are_handed_out_as_a_file(api, receiver, visitor, home):
    number = api.emit(event="playlist_create")[0]
    api.settled(number)
    answer = visitor.get(f"/deliveries/{number}/body?attempt=1")

    assert answer.content == receiver.arrivals[-1].body
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("what", ["retry", "skip", "cancel"])
def test_what_cannot_be_done_is_said_on_the_deliverys_page(api, receiver, visitor, home, what):
    number = api.emit(event="playlist_create")[0]
    api.settled(number)
    page = visitor.get(f"/deliveries/{number}").text
    token = dict(form_fields(page, f"/deliveries/{number}/replay"))
    answer = visitor.session.post(f"{api.base}/deliveries/{number}/{what}", data=token, timeout=TIMEOUT_S)

    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert f"<title>Delivery {number}" in answer.text


def test_a_pending_delivery_is_skipped_retried_and_cancelled_from_its_page(api, receiver, visitor):
    api.subscribe(receiver.url)
    receiver.answer_with(500, 500, 500)
    number = api.emit(event="playlist_create")[0]
    api.attempted(number)
    path = f"/deliveries/{number}"
    for what in ("skip", "retry"):
        page = visitor.get(path).text
        assert visitor.submit(f"{path}/{what}", page, f"{path}/{what}").status_code == 200
    retried = api.attempted(number, times=2)
    page = visitor.get(path).text
    visitor.submit(f"{path}/cancel", page, f"{path}/cancel")

    assert [each["retry_number"] for each in retried["attempts"]] == [0, 2]
    assert api.get(f"/api/deliveries/{number}").json()["state"] == "cancelled"


def test_a_subscription_is_edited_paused_stepped_validated_and_ended_from_its_page(
    api, receiver, visitor, home
):
    path = "/subscriptions/1"
    for what in ("pause", "validate"):
        visitor.submit(f"{path}/{what}", visitor.get(path).text, f"{path}/{what}")
    number = api.emit(event="playlist_create")[0]
    stepped = visitor.submit(f"{path}/step", visitor.get(path).text, f"{path}/step")
    api.settled(number)
    visitor.submit(f"{path}/resume", visitor.get(path).text, f"{path}/resume")
    visitor.submit(f"{path}/edit", visitor.get(path).text, f"{path}/edit", name="other", time_scale="60")
    edited = api.get("/api/subscriptions/1").json()
    wrong = visitor.submit(f"{path}/edit", visitor.get(path).text, f"{path}/edit", timeout="soon")
    visitor.submit(f"{path}/end", visitor.get(path).text, f"{path}/end")

    assert stepped.url.endswith(f"/deliveries/{number}")
    assert (edited["name"], edited["time_scale"], edited["is_paused"]) == ("other", 60, False)
    assert edited["events"] == ["*"]
    assert wrong.status_code == 422
    assert 'id="sub-timeout-wrong"' in wrong.text
    assert visitor.get(path).status_code == 404


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(api, visitor):
    for path in ("/deliveries/99", "/subscriptions/99", "/nowhere"):
        page = visitor.get(path)

        assert page.status_code == 404
        assert "<h1>Not Found</h1>" in page.text
        assert api.get(path).headers["Content-Type"] == "application/problem+json"
    assert visitor.get("/api/deliveries/99").headers["Content-Type"] == "application/problem+json"


def test_no_page_shows_a_secret(tmp_path, receiver):
    with running_app(tmp_path) as api:
        visitor = Visitor(api.base)
        page = visitor.get("/").text
        fields = {
            "mode": "header",
            "auth.name": "x-key",
            "auth.value": "canary-in-a-header",
            "timeout": "soon",
        }
        token = SECRET_TOKEN.reveal()
        wrong = visitor.submit(
            "/subscriptions", page, "/subscriptions", url=receiver.url, secret_token=token, **fields
        )
        right = fields | {"timeout": "3s", "url": f"{receiver.url}?key=canary-in-a-query"}
        visitor.submit("/subscriptions", page, "/subscriptions", secret_token=token, **right)
        number = api.emit(event="playlist_create")[0]
        api.settled(number)
        pages = [wrong.text] + [
            visitor.get(path).text
            for path in ("/", "/deliveries", f"/deliveries/{number}", "/subscriptions/1", "/charts")
        ]

    assert receiver.arrivals[-1].headers["x-key"] == "canary-in-a-header"
    assert [text for text in pages if "canary" in text or ENVIRON["ZOOM_WEBHOOK_SECRET_TOKEN"] in text] == []


def test_charts_are_drawn_by_event_and_endpoint(api, receiver, visitor, home):
    receiver.answer_with(500)
    for event in ("playlist_create", "playlist_delete"):
        api.settled(api.emit(event=event)[0])
    page = visitor.get("/charts").text
    narrowed = visitor.get("/charts?event=revenue_accelerator.playlist_delete&range=1h").text

    assert "Latency against the 3 s budget" in page
    assert '<rect class="fill bad"' in page
    assert "<b>2</b>" in page
    assert "<b>1</b>" in narrowed
    assert '<rect class="fill bad"' not in narrowed
    assert "Nothing was attempted in this time" in visitor.get("/charts?event=other").text


def test_what_pages_load_is_kept_by_browsers_until_it_changes(visitor):
    first = visitor.get("/static/app.css")
    again = visitor.session.get(
        first.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=TIMEOUT_S
    )

    assert first.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get("/static/..%2ffactory.py").status_code == 404


def test_a_stream_is_begun_from_the_page_listed_and_stopped(api, receiver, visitor, home):
    page = visitor.get("/streams").text
    began = visitor.submit("/streams", page, "/streams", rate="50", duration="1h", events="playlist_*")
    (stream,) = api.get("/api/streams").json()["streams"]
    stopped = visitor.submit(f"/streams/{stream['id']}/stop", began.text, f"/streams/{stream['id']}/stop")
    (ended,) = api.get("/api/streams").json()["streams"]

    assert (stream["events"], stream["rate"], stream["duration"]) == (["playlist_*"], 50, "1h")
    assert "playlist_*" in began.text
    assert ended["state"] == "stopped"
    assert "stopped" in stopped.text
    assert 'action="/streams/' not in stopped.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rate": "fast"}, "rate"),
        ({"duration": "a while"}, "duration"),
        ({"events": "playlist_creat"}, "playlist_create"),
        ({"rate": ""}, "rate"),
    ],
    ids=["rate", "duration", "event", "no rate"],
)
def test_a_stream_that_cannot_be_is_said_beside_what_was_typed(api, visitor, home, changes, said):
    page = visitor.get("/streams").text
    answer = visitor.submit("/streams", page, "/streams", **changes)
    shown = dict(form_fields(answer.text, "/streams"))

    assert answer.status_code in {409, 422}
    assert "Nothing was begun" in answer.text
    assert said in html.unescape(answer.text)
    assert {name: shown[name] for name in changes} == changes
    assert api.get("/api/streams").json()["streams"] == []


def test_a_story_is_streamed_to_one_subscription(api, receiver, visitor, home):
    page = visitor.get("/streams").text
    (story,) = re.findall(r'<select id="stream-story".*?<option>([^<]+)</option>', page, re.DOTALL)
    visitor.submit("/streams", page, "/streams", rate="20", duration="1s", story=story, subscription="1")
    (stream,) = api.get("/api/streams").json()["streams"]

    assert (stream["story"], stream["subscription"], stream["events"]) == (story, 1, None)
