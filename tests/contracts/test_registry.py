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


def test_an_error_rests_on_a_confirmed_fact_or_on_an_attack_that_was_carried_out():
    errors = [check for check in REGISTRY if check.severity is Severity.ERROR]

    assert errors
    assert [check.code for check in errors if check.evidence is Evidence.UNSURE] == []


def test_every_check_says_what_it_does_and_why():
    for check in REGISTRY:
        texts = [check.title, check.sends, check.expects, check.why, check.source, check.mend.words]

        assert all(text.strip() == text and text for text in texts), check.code
        assert check.why.endswith("."), check.code
        assert check.source.startswith(("docs/zoom.md#", "https://")), check.code


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


def test_all_are_selected_once_and_those_of_a_phase_in_the_order_of_the_families():
    in_families = codes(check for family in FAMILIES for check in family.checks)
    selected = codes(REGISTRY.select())

    assert sorted(selected) == sorted(in_families)
    of_one_phase = {*in_families} - {"A09"}
    assert [code for code in selected if code[0] in "PAB" and code in of_one_phase] == [
        code for code in in_families if code[0] in "PAB" and code in of_one_phase
    ]


def test_what_must_be_accepted_comes_before_forgeries_and_what_may_kill_at_the_end():
    selected = codes(REGISTRY.select())
    forgeries = [selected.index(code) for code in ("F03", "F04", "F05", "H02", "H05", "D10", "S01", "U01")]
    accepted = [selected.index(code) for code in ("A01", "B05", "F02", "H01", "H04", "D09", "O01", "R07")]

    assert selected[0] == "P01"
    assert max(accepted) < min(forgeries)
    assert max(forgeries) < min(selected.index("R01"), selected.index("A09"))


def test_what_implies_a_check_runs_before_it():
    selected = codes(REGISTRY.select())
    pairs = [(code, check.code) for check in REGISTRY for code in check.implied_by]

    assert pairs
    assert [pair for pair in pairs if selected.index(pair[0]) >= selected.index(pair[1])] == []


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
