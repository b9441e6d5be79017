"""Each format is read by another reader than the one that wrote it, from runs against real receivers."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import jsonschema_rs
import pytest

from contracts.baseline import Baseline, known_findings
from contracts.findings import EVERY_EVENT, Severity
from contracts.plan import Plan
from contracts.reports import FORMATS, renderer
from contracts.reports.github import render_all as annotations_of_all
from contracts.reports.markdown import MOST_BYTES
from contracts.scope import Depth
from tests.support.command import zoom_emitter
from tests.support.receivers.hostile import MARKUP, speaking
from tests.support.receivers.judging import REGISTRY, judged, scope_for
from tests.support.receivers.reference import right
from tests.support.receivers.serving import receivers_served

GIVEN = [check for check in REGISTRY.select() if check.letter != "G"]
"""All checks but those that generate bodies by the hundred."""


@pytest.fixture(scope="module")
def results():
    with receivers_served() as served:
        yield {
            "right": judged(served.add(right)),
            "hostile": judged(served.add(speaking(MARKUP)), checks=GIVEN, depth=Depth.DEFAULT),
        }


@pytest.fixture
def hostile(results):
    return results["hostile"]


def with_many(result, severity, number):
    """Return the result with so many findings of a severity, each of a check of its own."""
    first = replace(result.findings[0], severity=severity)
    return replace(
        result,
        findings=tuple(replace(first, code=f"Z{each:02}", cause=str(each)) for each in range(number)),
    )


class JUnit:
    """What a report says of each case: its name, whether it failed or was skipped, and the text of that."""

    def __init__(self, text):
        root = ET.fromstring(text)
        elements = [*root.iter("testcase")]
        self.tests, self.failures = (int(root.get(name, "")) for name in ("tests", "failures"))
        self.names = [element.get("name", "") for element in elements]
        self.failed = {
            element.get("name", ""): found.text or ""
            for element in elements
            if (found := element.find("failure")) is not None
        }
        self.skipped = [each.get("name", "") for each in elements if each.find("skipped") is not None]


class Page(HTMLParser):
    """What a page has in it: its tags, its attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("which", ["right", "hostile"])
def test_every_format_is_text_that_can_be_written(name, which, results):
    text = renderer(name)(results[which])

    text.encode()
    assert text.endswith("\n") or (name == "github" and which == "right")


@pytest.mark.parametrize("which", ["right", "hostile"])
def test_the_json_report_fits_the_schema_that_is_shipped(which, results):
    schema = json.loads(zoom_emitter("report", "schema").text)
    report = json.loads(renderer("json")(results[which]))

    jsonschema_rs.validator_for(schema).validate(report)


def test_the_schema_names_every_key_of_the_report(results):
    schema = json.loads(zoom_emitter("report", "schema").text)
    report = json.loads(renderer("json")(results["hostile"]))

    assert report["findings"][0].keys() == schema["$defs"]["finding"]["properties"].keys()
    assert report["summary"].keys() == schema["$defs"]["summary"]["properties"].keys()


def test_junit_has_one_case_for_each_check_and_event(hostile):
    names = JUnit(renderer("junit")(hostile)).names
    tried = {(case.code, case.event) for case in hostile.cases}

    assert len(names) == len(set(names))
    for code, event in tried:
        assert [name for name in names if name.startswith(f"{code} ") and name.endswith(f"[{event}]")] != []


def test_junit_counts_failures_and_says_what_was_found(hostile):
    report = JUnit(renderer("junit")(hostile))
    codes = {finding.code for finding in hostile.findings if finding.severity is Severity.ERROR}

    assert report.failures == len(report.failed)
    assert {name.partition(" ")[0] for name in report.failed} == codes
    assert all("mend:" in text for text in report.failed.values())
    assert report.tests == len(report.names)


def test_a_warning_fails_a_junit_case_only_where_it_counts(hostile):
    def failures(result):
        return JUnit(renderer("junit")(result)).failures

    def all_of(severity):
        found = tuple(replace(each, severity=severity) for each in hostile.findings)
        return replace(hostile, findings=found)

    assert failures(all_of(Severity.WARNING)) == 0
    assert failures(replace(all_of(Severity.WARNING), is_strict=True)) == failures(all_of(Severity.ERROR)) > 0


def test_junit_marks_what_was_left_out_as_skipped(hostile):
    stopped = replace(hostile, cases=(), findings=(), left_out=hostile_plan(hostile), stopped="dead")
    skipped = JUnit(renderer("junit")(stopped)).skipped

    assert any(name.startswith("A01") for name in skipped)


def hostile_plan(result):
    return Plan.of(result.checks, scope_for(result.receiver)).cases


def test_the_page_loads_and_runs_nothing(hostile):
    page = Page(renderer("html")(hostile))
    allowed = {"data:,"}

    assert not {"script", "iframe", "object", "embed", "form", "img", "base"} & set(page.tags)
    assert [name for name, _ in page.attributes if name.startswith("on")] == []
    assert {value for name, value in page.attributes if name in {"src", "href"}} <= allowed
    assert "@import" not in renderer("html")(hostile)
    assert "url(" not in renderer("html")(hostile)


def test_hostile_words_are_shown_as_they_are(hostile):
    page = Page(renderer("html")(hostile))

    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text
    assert "\x00" not in page.text


ACTING = "\x00 \x1b[31m \x9b \u202e \u2066 \ud800 \uffff \u2028 end"


@pytest.mark.parametrize("name", ["junit", "html", "markdown", "github"])
def test_what_acts_where_it_is_shown_is_written_as_an_escape(name, hostile):
    texts = dict.fromkeys(("message", "expected", "received", "mend"), ACTING)
    text = renderer(name)(replace(hostile, findings=(replace(hostile.findings[0], **texts),)))

    assert not set(ACTING) & set(text) - set(" [31mend")
    assert "\\u202e" in text
    if name == "junit":
        assert JUnit(text).failures


def test_the_page_draws_one_dot_a_request(hostile):
    page = Page(renderer("html")(hostile))

    assert page.tags.count("circle") == len(hostile.traffic)
    assert page.tags.count("svg") == 1


def test_the_page_has_both_colour_schemes(hostile):
    page = renderer("html")(hostile)

    assert "prefers-color-scheme: dark" in page
    assert ("color-scheme", "light dark") in [*zip_pairs(Page(page).attributes)]


def zip_pairs(attributes):
    """Yield the pairs of name and content of a page's meta elements."""
    for (first, name), (second, content) in pairwise(attributes):
        if (first, second) == ("name", "content"):
            yield name, content


def outside_fences(markdown):
    """Return the lines that a reader of Markdown reads as Markdown: fences as CommonMark has them."""
    lines, fence = [], ""
    for line in markdown.split("\n"):
        found = re.match(r" {0,3}(`{3,})([^`]*)$", line)
        if fence:
            if found and len(found[1]) >= len(fence) and not found[2].strip():
                fence = ""
        elif found:
            fence = found[1]
        else:
            lines.append(line)
    assert not fence
    return "\n".join(lines)


def test_hostile_words_stay_inside_the_blocks_of_a_summary(hostile):
    text = renderer("markdown")(hostile)

    assert "alert(1)" in text
    assert "alert(1)" not in outside_fences(text)
    assert "x.invalid" not in outside_fences(text)


def test_a_summary_is_never_longer_than_github_takes(hostile):
    long = replace(hostile.findings[0], mend="word " * 700)
    many = replace(hostile, findings=tuple(replace(long, cause=str(each)) for each in range(800)))

    text = renderer("markdown")(many)

    assert 900_000 < len(text.encode()) < MOST_BYTES + 1_000 < 1024 * 1024
    assert "more did not fit" in text


def test_annotations_are_commands_that_nothing_leaves(hostile):
    lines = renderer("github")(hostile).splitlines()

    assert lines
    for line in lines:
        found = re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", line)
        assert found
        assert re.fullmatch(r"(%25|%0D|%0A|%3A|%2C|[^%])*", found[2] + found[3])
    assert not any(line.startswith("::add-mask") for line in lines)


@pytest.mark.parametrize("severity", [*Severity])
def test_github_shows_ten_of_a_kind_and_is_given_no_more(severity, hostile):
    lines = renderer("github")(with_many(hostile, severity, 25)).splitlines()

    assert len(lines) == 10
    assert "16 more" in lines[-1]
    assert "Z24" in lines[-1]


def test_ten_annotations_are_all_shown(hostile):
    assert len(renderer("github")(with_many(hostile, Severity.ERROR, 10)).splitlines()) == 10


def test_several_receivers_share_the_ten_of_a_step(hostile):
    lines = annotations_of_all([with_many(hostile, Severity.ERROR, 8)] * 3).splitlines()

    assert len(lines) == 10


def test_events_that_fail_one_check_are_one_annotation(hostile):
    per_event = replace(hostile.findings[0], event="meeting.started")
    both = replace(hostile, findings=(per_event, replace(per_event, event="meeting.ended")))

    (line,) = renderer("github")(both).splitlines()

    assert "2 findings, of meeting.started, meeting.ended" in line


def test_the_archive_has_every_request_with_the_case_that_sent_it(hostile):
    entries = json.loads(renderer("har")(hostile))["log"]["entries"]

    assert len(entries) == len(hostile.traffic)
    assert {entry["request"]["method"] for entry in entries} == {"POST"}
    assert any("S01" in entry["comment"] for entry in entries)
    assert all(datetime.fromisoformat(entry["startedDateTime"]).tzinfo for entry in entries)


def test_a_baseline_has_nothing_that_changes_from_run_to_run(hostile):
    later = replace(
        hostile,
        seed="other",
        started_at_ms=1,
        findings=tuple(
            replace(each, message="other", received="other", count=each.count + 1)
            for each in reversed(hostile.findings)
        ),
    )

    assert renderer("baseline")(later) == renderer("baseline")(hostile)


@pytest.mark.parametrize("name", ["github", "markdown", "html", "junit"])
def test_what_is_known_is_no_alarm(name, hostile):
    known = replace(hostile, baseline=Baseline(known_findings(hostile.findings)))
    text = renderer(name)(known)

    assert not known.is_wanting()
    match name:
        case "github":
            assert text == ""
        case "junit":
            assert JUnit(text).failures == 0
        case "markdown":
            assert "Known, in the baseline" in text
            assert "| ✅ |" in text
        case _:
            assert "Nothing that fails" in text


def test_a_finding_of_every_event_is_in_the_case_of_each(hostile):
    everywhere = replace(
        hostile, findings=tuple(replace(each, event=EVERY_EVENT) for each in hostile.findings)
    )
    failed = JUnit(renderer("junit")(everywhere)).failed

    assert any(name.startswith("A01") and name.endswith("playlist_delete]") for name in failed)
    assert not any(name.startswith("A01") and name.endswith("playlist_create]") for name in failed)
