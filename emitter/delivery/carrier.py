"""Carries the numbers of deliveries that are due to workers: Celery, over Redis or RabbitMQ.

It carries, the record decides: a number that is lost is carried again, one that comes twice is leased once.
So nothing here has to be durable, and no result goes back.
"""

from __future__ import annotations

import logging
import threading
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

from emitter.errors import InvalidSettingError, QueueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from celery import Celery

BROKER_VARIABLE: Final = "ZOOM_EMITTER_BROKER"
TASK: Final = "zoom_emitter.attempt"
_SCHEMES: Final = ("redis", "rediss", "amqp", "amqps")
_TIMEOUT_S: Final = 4
_AT_ONCE: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""A connection that was lost since it was last used is opened anew once, without waiting."""
_AGAIN_S: Final = 1.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class BrokerUrl:
    """A Redis or RabbitMQ; as text it has neither password nor options.

    Raises:
        InvalidSettingError: It is a URL of something else.
    """

    _given: str

    def __post_init__(self) -> None:
        if self._parts() is None:
            scheme, colon, _ = self._given.partition("://")
            what = f"a {scheme}:// URL" if colon and scheme not in _SCHEMES else "that"
            raise InvalidSettingError(
                f"no broker is found by {what}; write redis://HOST:6379/0 or amqp://USER@HOST:5672//"
            )

    def reveal(self) -> str:
        """Return the whole URL: the only way to the password."""
        return self._given

    def _parts(self) -> SplitResult | None:
        try:
            parts = urlsplit(self._given)
            _ = parts.port
        except ValueError:  # half a pair of brackets, or a port that is no number
            return None
        return parts if parts.scheme in _SCHEMES and parts.hostname else None

    def __repr__(self) -> str:
        return f"BrokerUrl({str(self)!r})"

    def __str__(self) -> str:
        parts = urlsplit(self._given)
        user = f"{parts.username}@" if parts.username else ""
        return f"{parts.scheme}://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"


class Carrier:
    """The queue to the workers. Thread-safe.

    Args:
        broker: What carries.
        name: The queue's name: that of the record, so that workers of another one do not get its numbers.

    Raises:
        QueueError: Celery is not installed.
    """

    def __init__(self, broker: BrokerUrl, name: str) -> None:
        self.broker = broker
        self._app = _app(broker, name)
        self._lock = threading.Lock()
        self._producer: Any = None

    def put(self, delivery_ids: Iterable[int]) -> None:
        """Let a worker make each one's attempt.

        Raises:
            QueueError: The queue cannot be reached; some of them may be on their way.
        """
        with self._lock, self._clear_failures():
            try:
                if self._producer is None:  # one of our own: Celery's pools are the whole process's
                    self._producer = self._app.amqp.Producer(self._app.connection_for_write())
                for number in delivery_ids:
                    self._app.send_task(
                        TASK, args=(number,), producer=self._producer, retry=True, retry_policy=_AT_ONCE
                    )
            except BaseException:
                self._disconnect()
                raise

    def check(self) -> None:
        """Raise QueueError unless the queue can be reached."""
        with self._clear_failures(), self._app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=_TIMEOUT_S)

    def work(self, attempt: Callable[[int], None], *, count: int) -> None:
        """Do what is carried until SIGINT or SIGTERM; what is under way then is done first.

        Must be called in the main thread, which gets Celery's handlers for signals.

        Args:
            attempt: Makes a delivery's attempt, by its number; must not raise.
            count: How many are made at once.

        Raises:
            QueueError: Celery gave up.
        """
        from celery.exceptions import SecurityWarning  # noqa: PLC0415 - an extra
        from celery.signals import setup_logging  # noqa: PLC0415

        warnings.simplefilter("ignore", SecurityWarning)  # of root, who could do harm if it took pickles
        setup_logging.connect(_log_nothing)
        logging.getLogger("celery").setLevel(logging.CRITICAL)  # what there is to say is said below
        self._app.task(name=TASK, acks_late=True, ignore_result=True)(attempt)
        self._app.conf.worker_consumer = _consumer(self.broker)
        worker = self._app.Worker(
            concurrency=count,
            pool="threads",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        worker.start()
        if worker.exitcode:
            raise QueueError("the worker ended, for what is said above; start it again, nothing is lost")

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            self._disconnect()
        self._app.close()

    def _disconnect(self) -> None:
        if self._producer is not None:
            connection, self._producer = self._producer.connection, None
            with suppress(Exception):  # it may be broken, which is why it is closed
                connection.release()

    @contextmanager
    def _clear_failures(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - kombu, redis and amqp have no base in common
            raise QueueError(f"the queue at {self.broker} cannot be reached: {_said(error)}") from None


def _app(broker: BrokerUrl, name: str) -> Celery:
    try:
        from celery import Celery  # noqa: PLC0415 - an extra
    except ImportError:
        raise QueueError(
            f"the queue at {broker} wants Celery: pip install 'zoom-webhook-emitter[celery]'"
        ) from None
    app = Celery("zoom-emitter", broker=broker.reveal(), set_as_current=False)
    app.conf.update(
        broker_connection_timeout=_TIMEOUT_S,
        broker_transport_options={
            "global_keyprefix": f"{name}:",
            "socket_timeout": _TIMEOUT_S,
            "socket_connect_timeout": _TIMEOUT_S,
            "socket_keepalive": True,
        },
        task_default_queue=name,
        task_default_delivery_mode="transient",
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_disable_rate_limits=True,
    )
    return app


def _consumer(broker: BrokerUrl) -> type[Any]:
    """Return Celery's consumer, which comes back a second after the broker does, and says so once."""
    from celery.worker.consumer import Consumer  # noqa: PLC0415 - an extra
    from celery.worker.state import maybe_shutdown  # noqa: PLC0415

    class PromptConsumer(Consumer):  # type: ignore[misc] # Celery has no types
        """Celery's own waits up to 30 s, and writes a line each time."""

        is_lost = False

        def ensure_connected(self, conn: Any) -> Any:
            found = conn.ensure_connection(
                self._lost, None, interval_start=_AGAIN_S, interval_step=0, callback=maybe_shutdown
            )
            if self.is_lost:
                _LOG.warning("the queue at %s is reached again", broker)
            self.is_lost = False
            return found

        def _lost(self, error: BaseException, interval_s: float) -> None:
            del interval_s
            if not self.is_lost:
                _LOG.error("the queue at %s cannot be reached: %s; what is due waits", broker, _said(error))
            self.is_lost = True

    return PromptConsumer


def _log_nothing(**_: Any) -> None:
    """Be what Celery asks about logging, so that it leaves all of it alone."""


def _said(error: BaseException) -> str:
    """Return what the driver said, on one line; none of them says a password."""
    return " ".join(str(error).split()) or type(error).__name__
