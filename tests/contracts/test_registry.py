from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.check import Family
from contracts.checks import FAMILIES
from contracts.findings import Evidence, Severity
from contracts.registry import Registry
from emitter.errors import EmitterError, UnknownNameError

REGISTRY = Registry.bundled()
S01 = REGISTRY.find("S01")


def codes(checks):
    return [check.code for check in checks]


@pytest.mark.parametrize("check", [*REGISTRY], ids=lambda check: check.code)
def test_an_error_rests_on_a_confirmed_fact_or_on_an_attack_that_was_carried_out(check):
    assert check.severity is not Severity.ERROR or check.evidence is not Evidence.UNSURE


@pytest.mark.parametrize("check", [*REGISTRY], ids=lambda check: check.code)
def test_every_check_says_what_it_does_and_why(check):
    texts = [check.title, check.sends, check.expects, check.why, check.source, check.mend.words]

    assert all(text.strip() == text and text for text in texts)
    assert check.why.endswith(".")
    assert check.source.startswith(("docs/zoom.md#", "https://"))


def test_a_check_is_found_by_its_code_in_any_case():
    assert REGISTRY.find("s01") is S01


@pytest.mark.parametrize(("given", "meant"), [("S3", "S03"), ("handshak", "handshake")])
def test_an_unknown_code_is_refused_with_the_nearest_name(given, meant):
    with pytest.raises(UnknownNameError, match=f"did you mean '{meant}'"):
        REGISTRY.select(select=[given])


def test_families_are_selected_by_letter_and_by_name():
    by_letter = REGISTRY.select(select=["S"])

    assert by_letter == REGISTRY.select(select=["signature"])
    assert {check.letter for check in by_letter if not check.ends_run} == {"S"}


def test_what_makes_judging_pointless_is_always_looked_for():
    ending = codes(check for check in REGISTRY if check.ends_run)

    assert ending
    assert codes(REGISTRY.select(select=["S01"])) == [*ending, "S01"]


def test_ignored_checks_are_taken_away_one_by_one_and_by_family():
    left = codes(REGISTRY.select(select=["S", "H"], ignore=["H", "S01", "P"]))

    assert left == [code for code in codes(REGISTRY) if code[0] == "S" and code != "S01"]


def test_all_are_selected_in_the_order_in_which_they_run():
    assert codes(REGISTRY.select()) == codes(check for family in FAMILIES for check in family.checks)


def test_acceptance_comes_before_forgeries():
    letters = [family.letter for family in REGISTRY.families]

    assert letters[0] == "P"
    assert letters.index("A") < letters.index("S")


@pytest.mark.parametrize(
    "checks",
    [
        (S01, S01),
        (replace(S01, code="A01"),),
        (replace(S01, code="S1"),),
        (replace(S01, implied_by=("S99",)),),
    ],
    ids=["twice", "another family's letter", "one digit", "implied by nothing"],
)
def test_codes_that_make_no_sense_are_refused(checks):
    with pytest.raises(EmitterError):
        Registry([Family("S", "signature", "Forgeries", checks)])
