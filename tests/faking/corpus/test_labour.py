from __future__ import annotations

import multiprocessing

import pytest

from emitter.errors import EmitterError, InvalidSpecError
from emitter.faking.corpus.labour import results
from tests.faking.corpus.sets import a_making, foreign_catalog

STORIES = 400


def all_of(making, *, jobs):
    realistic = making.worker().realistic()
    return [*results(making.worker(), realistic, first=0, jobs=jobs)]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [2, 3, 7])
@pytest.mark.parametrize("given", [{}, {"late": 10_000, "duplicates": 10_000}], ids=["plain", "stream"])
def test_the_results_of_several_processes_are_those_of_one(jobs, given):
    making = a_making(stories=STORIES, **given)

    assert all_of(making, jobs=jobs) == all_of(making, jobs=1)


def test_no_process_is_left_when_the_results_are_not_wanted_any_more():
    making = a_making(stories=100_000)
    made = results(making.worker(), making.worker().realistic(), first=0, jobs=2)
    next(made)
    assert len(multiprocessing.active_children()) == 2

    made.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_process_that_dies_is_told_of():
    making = a_making(stories=100_000)
    made = results(making.worker(), making.worker().realistic(), first=0, jobs=2)
    next(made)
    for process in multiprocessing.active_children():
        process.kill()

    with pytest.raises(EmitterError, match="has died; run the command again"):
        list(made)
    assert multiprocessing.active_children() == []


def test_what_goes_wrong_in_a_process_is_raised_here():
    schema = {"type": "object", "properties": {"payload": {"not": {}}}, "required": ["payload"]}
    making = a_making(catalog=foreign_catalog("room.opened", schema=schema), stories=200)

    with pytest.raises(InvalidSpecError):
        all_of(making, jobs=2)
