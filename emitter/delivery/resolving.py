"""From a host's name to the addresses a request may go to.

Names are resolved here, each address is checked, and the connection is made to the checked address: a
name cannot lead elsewhere between the two (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from emitter.delivery.timed_sockets import connect
from emitter.errors import ForbiddenTargetError

if TYPE_CHECKING:
    from emitter.core.targets import Target, TargetPolicy
    from emitter.delivery.stopwatch import Stopwatch

Resolver = Callable[[str], Sequence[str]]
"""Returns the IP addresses of a name in the order to try them; raises OSError when there is none."""

LOCALHOST_ADDRESSES: Final = ("::1", "127.0.0.1")
LOCALHOST_PATIENCE_S: Final = 0.5
"""How long each is tried, once. One that is there answers in well under a millisecond; Windows takes 2 s
to say that nothing is."""


def system_resolver(host: str) -> list[str]:
    """Return the addresses the operating system knows for a name, each once.

    Raises:
        OSError: It knows none.
        UnicodeError: The name cannot be one: a label is empty or too long.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class AddressBook:
    """Finds and checks the addresses of targets. Thread-safe.

    Args:
        policy: Decides which addresses may be sent to.
        resolve: Asked for names other than ``localhost``, in a thread of its own.
    """

    def __init__(self, policy: TargetPolicy, resolve: Resolver) -> None:
        self._policy = policy
        self._resolve = resolve
        self._localhost: dict[int, Sequence[str]] = {}

    def settle_localhost(self, target: Target) -> None:
        """Find out which of ::1 and 127.0.0.1 answers on the target's port, once, and keep it.

        Which one a receiver binds to and which one a system tries first differ. It is done outside the
        deadline, so that the search is not counted against the receiver. If neither answers, both are
        tried with each request, within its deadline.
        """
        if _plain(target.host) == "localhost" and target.port not in self._localhost:
            answering = next((each for each in LOCALHOST_ADDRESSES if _answers(each, target.port)), None)
            self._localhost[target.port] = (answering,) if answering else LOCALHOST_ADDRESSES

    def addresses(self, target: Target, stopwatch: Stopwatch) -> list[str]:
        """Return the addresses the target's host has and the policy allows, in order, at least one.

        Raises:
            ForbiddenTargetError: It has addresses, and none of them is allowed.
            socket.gaierror: It has none, or none was found before the deadline.
        """
        allowed = []
        refusals = []
        for address in self._all_addresses(target, stopwatch):
            try:
                self._policy.check(target, address.partition("%")[0])
            except ForbiddenTargetError as refusal:
                refusals.append(refusal)
            else:
                allowed.append(address)
        if refusals and not allowed:
            raise refusals[0]
        if not allowed:
            raise socket.gaierror(socket.EAI_NONAME, f"{target.host} has no address")
        return allowed

    def _all_addresses(self, target: Target, stopwatch: Stopwatch) -> Sequence[str]:
        if _is_address(target.host):
            return (target.host,)
        if _plain(target.host) == "localhost":
            return self._localhost.get(target.port, LOCALHOST_ADDRESSES)
        return self._resolved(target.host, stopwatch)

    def _resolved(self, host: str, stopwatch: Stopwatch) -> Sequence[str]:
        """Resolve in a thread: the system's resolver takes no deadline. A late answer is dropped."""
        answer: Future[Sequence[str]] = Future()
        threading.Thread(
            target=_answer, args=(answer, self._resolve, host), name=f"resolving {host}", daemon=True
        ).start()
        try:
            return answer.result(stopwatch.left_s())
        except TimeoutError:
            message = f"{host} did not resolve within {stopwatch.timeout_s:g} s"
            raise socket.gaierror(socket.EAI_AGAIN, message) from None
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is no name of a host: {error}") from None
        except OSError as error:
            message = f"{host} does not resolve: {error.strerror or error}"
            raise socket.gaierror(error.errno or socket.EAI_FAIL, message) from None


def _answers(address: str, port: int) -> bool:
    try:
        connect(address, port, timeout_s=LOCALHOST_PATIENCE_S).close()
    except OSError:
        return False
    return True


def _answer(answer: Future[Sequence[str]], resolve: Resolver, host: str) -> None:
    try:
        answer.set_result(resolve(host))
    except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
        answer.set_exception(error)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
