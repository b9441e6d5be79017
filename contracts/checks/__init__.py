"""The checks, one family a module, in the order in which they run; no family knows another.

Acceptance comes before everything that is refused, so that a receiver that bans an address is not blamed for
refusing good events; what may kill it comes last. A check whose cases belong elsewhere than its family's has
a `contracts.check.Phase` of its own.
"""

from __future__ import annotations

from typing import Final

from contracts.check import Family, Phase
from contracts.checks import (
    acceptance,
    acceptance_changes,
    acceptance_variants,
    authentication,
    clock,
    duplicates,
    effects,
    freshness,
    generated,
    handshake,
    handshake_variants,
    leaks,
    load,
    preflight,
    robustness,
    robustness_wire,
    signature,
    signature_variants,
    spelling,
)

FAMILIES: Final = (
    Family("P", "preflight", "Whether the receiver can be judged at all", (*preflight.CHECKS, *clock.CHECKS)),
    Family(
        "A",
        "acceptance",
        "Events as Zoom sends them",
        (*acceptance.CHECKS, *acceptance_variants.CHECKS, *acceptance_changes.CHECKS),
    ),
    Family("B", "bytes", "Events as Zoom writes them", spelling.CHECKS),
    Family("F", "freshness", "Times of requests", freshness.CHECKS),
    Family("H", "handshake", "URL validation", (*handshake.CHECKS, *handshake_variants.CHECKS)),
    Family("D", "duplicates", "Duplicates, order and retries", (*duplicates.CHECKS, *effects.CHECKS)),
    Family(
        "S",
        "signature",
        "Requests that Zoom did not sign",
        (*signature.CHECKS, *signature_variants.CHECKS),
        Phase.REFUSED,
    ),
    Family(
        "U",
        "authentication",
        "Credentials, where the subscription has some",
        authentication.CHECKS,
        Phase.REFUSED,
    ),
    Family(
        "R", "robustness", "Signed nonsense", (*robustness.CHECKS, *robustness_wire.CHECKS), Phase.SURVIVED
    ),
    Family("G", "generated", "What follows from the events' schemas", generated.CHECKS, Phase.SURVIVED),
    Family("O", "load", "Bursts and the deadline", load.CHECKS),
    Family("L", "leaks", "What answers give away", leaks.CHECKS),
)
