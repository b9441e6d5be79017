"""The pages in a browser: sending, following, replaying, harmless whatever is sent, usable by everyone."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.browser import NARROW, WIDE, chromium, window
from tests.support.receiving import Receiver
from tests.support.zoom_calls import ZoomClient, twice

pytestmark = pytest.mark.slow

AXE = Path(__file__).parents[1] / "counterparts" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
RIGHT_TO_LEFT = "\u202eevil\u202c \u2066hidden\u2069 שלום"
MARKUP = (
    "</pre><script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">{{ 7*7 }}"
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class Held:
    """Makes a receiver answer some events later than Zoom waits; let go when the test is over."""

    def __init__(self, receiver):
        self.over = threading.Event()
        answer = receiver.app.view_functions["_receive"]

        def late(path=""):
            answered = answer(path)
            if receiver.arrivals[-1].path == "/late" and b"url_validation" not in receiver.arrivals[-1].body:
                self.over.wait(20)
            return answered

        receiver.app.view_functions["_receive"] = late


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        held = Held(receiver)
        yield receiver
        held.over.set()


@pytest.fixture
def api(tmp_path):
    with running_app(tmp_path) as api:
        yield api


def test_from_the_first_visit_to_a_delivered_event_in_two_clicks(browser, api, receiver):
    with window(browser, api.base) as page:
        page.goto("/")
        page.get_by_label("URL", exact=True).fill(receiver.url)
        page.get_by_role("button", name="Validate and subscribe").click()
        page.locator("#s1").get_by_text("active").wait_for()
        page.get_by_role("button", name=re.compile("^Send ")).click()

        page.locator("#sent").get_by_text("204 accepted").wait_for()
        page.locator("#latest").get_by_text("204 accepted").wait_for()

    assert receiver.arrivals[-1].event.startswith("revenue_accelerator.")


def test_what_happens_is_shown_without_asking(browser, api, receiver):
    api.subscribe(receiver.url, name="mine", retry="none")
    with window(browser, api.base) as page, window(browser, api.base) as other:
        page.goto("/deliveries")
        other.goto("/deliveries?outcome=refused")
        for each in (page, other):
            each.locator("#connection[data-state=live]").wait_for()
        number = api.emit(event="playlist_create")[0]
        page.locator(f"#d{number}").get_by_text("204 accepted").wait_for()
        receiver.answer_with(404)
        refused = api.emit(event="playlist_delete")[0]
        other.locator(f"#d{refused}").get_by_text("404 refused").wait_for()

        assert other.locator("tbody tr").count() == 1


def test_what_is_being_read_stays_as_it_is_while_the_page_is_renewed(browser, api, receiver):
    api.subscribe(receiver.url)
    receiver.answer_with(500, 500)
    number = api.emit(event="playlist_create")[0]
    api.attempted(number)
    with window(browser, api.base) as page:
        page.goto(f"/deliveries/{number}")
        page.locator("#connection[data-state=live]").wait_for()
        page.get_by_text("as a command for curl").click()
        page.locator("#attempt-1 pre.body").first.focus()
        api.do(f"/api/deliveries/{number}/retry")
        page.locator("#row2").wait_for()

        assert page.locator("#curl-1").is_visible()
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Body sent in attempt 1"


def test_a_delivery_is_replayed_with_one_click(browser, api, receiver):
    api.subscribe(receiver.url)
    number = api.emit(event="playlist_create")[0]
    api.settled(number)
    with window(browser, api.base) as page:
        page.goto(f"/deliveries/{number}")
        page.get_by_role("button", name="Replay").click()
        page.wait_for_url(f"**/deliveries/{number + 1}")
        page.locator("#row1").get_by_text("204 accepted").wait_for()

    first, second = receiver.arrivals[-2:]
    assert first.body == second.body
    assert first.headers["x-zm-request-id"] == second.headers["x-zm-request-id"]


def test_a_time_out_is_shown_against_the_limit_and_the_next_attempt_counted_down(browser, api, receiver):
    api.subscribe(receiver.url + "late")
    number = api.emit(event="playlist_create")[0]
    with window(browser, api.base) as page:
        page.goto(f"/deliveries/{number}")
        row = page.locator("#row1")
        row.get_by_text("timed-out (-1)").wait_for()
        row.get_by_text("no answer within 3 s").wait_for()
        took = float(row.locator("rect.took").get_attribute("width").rstrip("%"))
        limit = float(row.locator("line.limit").get_attribute("x1").rstrip("%"))
        countdown = page.locator(".due .countdown")
        before = countdown.text_content()
        page.wait_for_function(
            "before => document.querySelector('.due .countdown').textContent !== before", arg=before
        )
        planned = page.locator(".schedule .planned text").all_text_contents()

    assert took >= limit * 0.99
    assert re.fullmatch(r"in 4m \d+s|in 5m", before)
    assert [text.partition("m")[0] for text in planned] == ["+5", "+25", "+1h 25"]


def test_hostile_text_is_harmless_wherever_it_is_shown(browser, api, receiver):
    api.subscribe(receiver.url, name=f"<b>{MARKUP[:100]}</b>", retry="none")
    name = f"{MARKUP}{RIGHT_TO_LEFT}" + "A" * 60_000
    payload = {"account_id": MARKUP, "object": {"playlist_name": name, MARKUP: RIGHT_TO_LEFT}}
    event = f"evil.{MARKUP}{RIGHT_TO_LEFT}"
    sent = api.emit(event="playlist_create", payload=payload, force=True)
    sent += api.emit(body=json.dumps({"event": event[:190], "payload": {}}))
    for number in sent:
        api.settled(number)
    for asked in f"{MARKUP}{RIGHT_TO_LEFT}", "x" * 500:
        ZoomClient(api.base).ask(f"/zra/deals/{twice(asked)}")
    paths = [
        "/",
        "/deliveries",
        "/streams",
        "/charts",
        "/subscriptions/1",
        *(f"/deliveries/{number}" for number in sent),
    ]
    for width in (NARROW, WIDE):
        with window(browser, api.base, width=width) as page:
            for path in paths:
                page.goto(path)
                page.locator("#connection[data-state=live]").wait_for()

                assert page.title() != "stolen"
                assert page.locator("main script, main img").count() == 0
                assert "\u202e" not in page.locator("main").inner_text()
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.goto(f"/deliveries/{sent[0]}")
            shown = page.locator("pre.body").first.inner_text()

            assert "</pre><script>document.title='stolen'</script>" in shown
            assert r"\u202eevil" in shown
            assert "A" * 60_000 in shown


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("dark", [False, True])
def test_every_page_is_usable_by_everyone(browser, api, receiver, width, dark):
    if not AXE.exists():
        if os.environ.get("REQUIRE_COUNTERPARTS"):
            pytest.fail("axe-core is not installed: make counterparts")
        pytest.skip("axe-core is not installed: make counterparts (needs Node.js)")
    empty = ["/", "/deliveries", "/streams", "/charts", "/nowhere"]
    with window(browser, api.base, width=width, dark=dark) as page:
        found = [finding for path in empty for finding in serious_findings(page, path)]
        api.subscribe(receiver.url, name="mine")
        receiver.answer_with(500, 404)
        numbers = api.emit(event="playlist_create") + api.emit(
            event="playlist_create", faults=["extra-field"]
        )
        for number in numbers:
            api.attempted(number)
        numbers += api.emit(event="playlist_delete")
        api.settled(numbers[-1])
        ZoomClient(api.base).ask("/zra/deals/nothing", headers={"x-zoom-emitter-fault": "not-ready"})
        api.do("/api/streams", status=201, rate=0.01, duration="1h")
        full = ["/", "/?event=revenue_accelerator.conversation_crm_associations_changed", "/deliveries"]
        full += ["/charts", "/streams", "/subscriptions/1", f"/deliveries/{numbers[0]}"]
        full += [f"/deliveries/{numbers[-1]}"]
        found += [finding for path in full for finding in serious_findings(page, path)]
        page.goto("/?event=revenue_accelerator.playlist_create")
        page.locator('[name="at:payload.object.create_time"]').fill("noon")
        page.get_by_role("button", name=re.compile("^Send ")).click()
        page.locator(".field.wrong").wait_for()
        found += serious_findings(page, None)

    assert found == []


def serious_findings(page, path):
    """Return what axe-core finds of weight on a page, as rule, place and summary; also what does not fit."""
    if path is not None:
        page.goto(path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run().then(found => found.violations)")
    found = [
        f"{path}: {each['id']}: {node['target']}: {node['failureSummary']}"
        for each in violations
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"{path}: {too_wide} pixels too wide"] if too_wide > 0 else [])]


def test_everything_can_be_done_from_the_keyboard(browser, api, receiver):
    api.subscribe(receiver.url)
    with window(browser, api.base) as page:
        page.goto("/?event=revenue_accelerator.playlist_create")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.get_by_label("JSON", exact=True).focus()
        page.keyboard.press("ArrowLeft")
        field = page.locator('[name="at:payload.object.playlist_name"]')
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("typed")
        page.keyboard.press("Enter")
        page.locator("#sent").get_by_text("204 accepted").wait_for()

    assert receiver.arrivals[-1].value["payload"]["object"]["playlist_name"] == "typed"


def test_what_was_typed_survives_a_reload_and_can_be_undone(browser, api, receiver):
    api.subscribe(receiver.url)
    with window(browser, api.base) as page:
        page.goto("/?event=revenue_accelerator.playlist_create")
        field = page.locator('[name="at:payload.object.playlist_name"]')
        made = field.input_value()
        field.fill("mine")
        page.reload()
        assert field.input_value() == "mine"
        page.get_by_label("Event", exact=True).select_option("revenue_accelerator.playlist_delete")
        page.wait_for_url("**/?event=*playlist_delete*")
        page.get_by_label("Event", exact=True).select_option("revenue_accelerator.playlist_create")
        page.wait_for_url("**/?event=*playlist_create*")
        assert field.input_value() == "mine"
        page.get_by_role("button", name="Undo my changes").click()

        assert field.input_value() == made


def test_fields_and_json_follow_each_other(browser, api, receiver):
    api.subscribe(receiver.url)
    with window(browser, api.base) as page:
        page.goto("/?event=revenue_accelerator.playlist_create")
        field = page.locator('[name="at:payload.object.playlist_name"]')
        field.fill("from the field")
        page.locator("label[for=view-json]").click()
        written = json.loads(page.locator("#json").input_value())
        assert written["payload"]["object"]["playlist_name"] == "from the field"
        written["payload"]["object"] |= {"playlist_name": "from the JSON"}
        del written["payload"]["object"]["create_time"]
        page.locator("#json").fill(json.dumps(written))
        page.locator("label[for=view-fields]").click()

        assert field.input_value() == "from the JSON"
        assert page.get_by_label("leave out create_time").is_checked()


def test_without_script_everything_can_be_read_and_sent(browser, api, receiver):
    api.subscribe(receiver.url, retry="none")
    with window(browser, api.base, script=False) as page:
        page.goto("/?event=revenue_accelerator.playlist_create")
        page.get_by_role("button", name=re.compile("^Send ")).click()
        number = api.deliveries()[0]["id"]
        api.settled(number)
        page.goto(f"/deliveries/{number}")

        assert page.locator("#row1").get_by_text("204 accepted").is_visible()
        assert page.locator("pre.body").first.is_visible()


def test_a_page_follows_again_after_the_app_was_started_again(browser, tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        with window(browser, api.base) as page:
            page.goto("/")
            page.locator("#connection[data-state=live]").wait_for()
            api.service.feed.close()
            page.locator("#connection[data-state=lost], #connection[data-state=polling]").wait_for()
            number = api.emit(event="playlist_create")[0]

            page.locator(f"#latest #d{number}").get_by_text("204 accepted").wait_for()
