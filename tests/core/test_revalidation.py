from __future__ import annotations

from emitter.core.revalidation import Consequence, RevalidationLadder


def test_notices_come_at_two_and_four_failures_and_the_end_at_six():
    ladder, consequences = RevalidationLadder(), []
    for _ in range(6):
        ladder, consequence = ladder.after(is_valid=False)
        consequences.append(consequence)

    assert consequences == [
        Consequence.NOTHING,
        Consequence.FIRST_NOTICE,
        Consequence.NOTHING,
        Consequence.SECOND_NOTICE,
        Consequence.NOTHING,
        Consequence.DISABLED,
    ]


def test_one_success_starts_the_count_anew():
    ladder = RevalidationLadder(5)

    ladder, consequence = ladder.after(is_valid=True)

    assert (ladder.failures_in_a_row, consequence) == (0, Consequence.NOTHING)
