"""Receivers that signed nonsense hurts."""

from __future__ import annotations

from tests.support.receivers.reference import DROPPED, Answer, Defect


def _failing_on(is_bad):
    def respond(asked, right):
        return Answer(500, "TypeError") if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _dying_of(is_deadly, requests=4):
    """Return what makes a receiver that is dead for some requests after a deadly one."""

    def remembers():
        dead = []

        def respond(asked, right):
            if asked.is_signed and is_deadly(asked):
                dead.extend([True] * requests)
            if dead:
                dead.pop()
                return DROPPED
            return right(asked)

        return respond

    return remembers


DEFECTS = (
    Defect(
        name="fails-on-what-is-no-json",
        codes="R01",
        seen="an exception of the parser that nobody handles",
        respond=_failing_on(
            lambda asked: asked.value is None and asked.body != b"null" and len(asked.body) < 99
        ),
    ),
    Defect(
        name="looks-events-up-in-an-object",
        codes="R02",
        seen="rivet: 500 for an event named constructor and for null",
        respond=_failing_on(lambda asked: asked.body == b"null" or asked.event == "constructor"),
    ),
    Defect(
        name="dies-of-deep-nesting",
        codes="R03",
        seen="a parser that runs out of stack",
        remembers=_dying_of(lambda asked: len(asked.body) > 20_000),
    ),
)
