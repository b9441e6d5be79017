"""`check --all` and several names: each judged, a report each, one summary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right
from tests.support.sockets import not_listening


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


def unverifying(asked):
    return right(asked.signed_anew())


def settings(*tables):
    Path("zoom-emitter.toml").write_text("\n".join(tables), encoding="utf-8")


def receiver(name, url, *lines):
    return "\n".join([f"[receivers.{name}]", f'url = "{url}"', *lines])


def test_all_receivers_of_the_settings_are_judged_and_summed_up(receivers):
    settings(receiver("good", receivers.add(right)), receiver("bad", receivers.add(unverifying)))

    result = zoom_emitter("check", "--all", "--select", "S01")

    assert result.status == 1
    assert result.text.splitlines()[-2:] == [
        "good  passed  nothing found",
        "bad   failed  1 error",
    ]


def test_each_has_a_report_of_its_own_named_after_it(receivers):
    settings(receiver("good", receivers.add(right)), receiver("bad", receivers.add(unverifying)))
    reports = ["--report", "json=report.json", "--report", "junit=junit.xml"]

    zoom_emitter("check", "good", "bad", "--select", "S01", *reports)

    assert sorted(path.name for path in Path().glob("*.[jx]*")) == [
        "junit-bad.xml", "junit-good.xml", "report-bad.json", "report-good.json",
    ]  # fmt: skip
    reports_by_name = {
        name: json.loads(Path(f"report-{name}.json").read_text(encoding="utf-8")) for name in ("good", "bad")
    }
    assert {name: each["receiver"]["name"] for name, each in reports_by_name.items()} == {
        "good": "good",
        "bad": "bad",
    }


def test_urls_are_named_after_what_stands_in_them(receivers):
    urls = [receivers.add(right), receivers.add(right)]

    zoom_emitter("check", *urls, urls[0], "--select", "S01", "--report", "json=r.json")
    host = urls[0].removeprefix("http://").replace(".", "-").replace(":", "-").rpartition("/")[0]

    assert {path.name for path in Path().glob("r-*.json")} == {
        f"r-{host}-{urls[0].rpartition('/')[2]}.json",
        f"r-{host}-{urls[1].rpartition('/')[2]}.json",
        f"r-{host}-{urls[0].rpartition('/')[2]}-again-1.json",
    }


def test_what_a_step_of_ci_shows_is_one_text_for_all(receivers):
    settings(receiver("one", receivers.add(unverifying)), receiver("two", receivers.add(unverifying)))

    result = zoom_emitter(
        "check", "--all", "--select", "S01", "--report", "github=-", "--report", "markdown=summary.md"
    )
    annotations = [line for line in result.text.splitlines() if line.startswith("::")]
    summary = Path("summary.md").read_text(encoding="utf-8")

    assert [line.split("::")[1] for line in annotations] == [
        "error title=one%3A S01 A request with a wrong signature is refused",
        "error title=two%3A S01 A request with a wrong signature is refused",
    ]
    assert summary.count("## zoom-emitter check\n") == 1
    assert summary.count("\n| ❌ |") == 2


def test_a_summary_of_github_is_added_to(receivers, monkeypatch):
    Path("summary.md").write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")

    zoom_emitter("check", receivers.add(right), "--select", "S01", "--report", "markdown=summary.md")

    assert Path("summary.md").read_text(encoding="utf-8").startswith("before\n## zoom-emitter check")


def test_one_that_is_not_there_does_not_keep_the_others_from_being_judged(receivers):
    with not_listening() as sock:
        settings(
            receiver("gone", f"http://127.0.0.1:{sock.getsockname()[1]}/"),
            receiver("good", receivers.add(right)),
        )
        result = zoom_emitter("check", "--all", "--select", "S01", "--json")

    assert result.status == 3
    assert json.loads(result.text)["receiver"]["name"] == "good"
    assert "gone  not judged: no connection" in result.err
    assert "good  passed  nothing found" in result.err


def test_the_settings_say_what_is_known_of_a_receiver(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S01", "--report", "baseline=known.json")
    settings(
        receiver("known", url, 'baseline = "known.json"'),
        receiver("early", url, "acks-before-verifying = true"),
        receiver("some", url, 'events = ["*.playlist_*"]'),
    )

    result = zoom_emitter("check", "--all", "--select", "S01,A01")

    assert result.text.splitlines()[-3:] == [
        "known  passed  nothing found; 1 known",
        "early  passed  nothing found",
        "some   failed  1 error",
    ]
    assert "4 events" in result.text


def test_a_typo_in_the_settings_is_refused_with_the_nearest_name(receivers):
    settings(receiver("app", receivers.add(right), "acks_before_verifying = true"))

    result = zoom_emitter("check", "app")

    assert result.status == 2
    assert "did you mean 'acks-before-verifying'" in result.err


def test_all_without_receivers_says_how_to_have_some():
    result = zoom_emitter("check", "--all")

    assert result.status == 2
    assert "--all finds no receiver in the settings; write [receivers.NAME]" in result.err


def test_all_and_names_exclude_each_other(receivers):
    result = zoom_emitter("check", "--all", receivers.add(right))

    assert result.status == 2
    assert "--all judges every receiver of the settings" in result.err


def test_reports_do_not_mix_on_standard_output(receivers):
    result = zoom_emitter("check", receivers.add(lambda _: Answer()), "--json", "--report", "github=-")

    assert result.status == 2
    assert "would mix on standard output" in result.err
