"""The server of a screen: opened in a thread of its own, so that starting one never freezes the picture."""

import asyncio
import threading
from collections.abc import Callable

from pgtui.errors import PgtuiError
from pgtui.postgres import Target, open_target
from pgtui.postgres.conninfo import server_variables

LEAVE_SECONDS = 20.0
"""How long leaving may take; stopping a server that nobody else uses takes a fraction of a second, but one that is
being made has to be ready first."""
OTHERS_SECONDS = 0.5
"""The same for somebody else's server: there is nothing to stop."""


class Server:
    """The target, once it is open. One thread enters it and, when it is closed, leaves it."""

    def __init__(self, dsn: str | None, *, allow_writes: bool, progress: Callable[[str], None]) -> None:
        """Nothing happens before `open`.

        Args:
            dsn: which server; None for that of libpq's variables, or else the embedded one.
            allow_writes: let connections to the user's server write.
            progress: told, on the event loop, what takes longer than a moment.
        """
        self._dsn = dsn
        self._allow_writes = allow_writes
        self._progress = progress
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    async def open(self) -> Target:
        """Open it.

        Raises:
            PgtuiError: what `open_target` raises.
        """
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[Target] = loop.create_future()

        def tell(line: str) -> None:
            _from_thread(loop, self._progress, line)

        def hold() -> None:
            try:
                with open_target(self._dsn, allow_writes=self._allow_writes, progress=tell) as target:
                    _from_thread(loop, _settle, opened, target, None)
                    self._closed.wait()
            except BaseException as error:
                _from_thread(loop, _settle, opened, None, error)

        # A daemon: a server that cannot be reached must not keep the process from ending.
        self._thread = threading.Thread(target=hold, name="pgtui-server", daemon=True)
        self._thread.start()
        return await opened

    async def close(self) -> None:
        """Leave it: an embedded server that nobody else uses stops. Returns when that is done."""
        self._closed.set()
        if self._thread is not None and self._thread.is_alive():
            others = self._dsn is not None or server_variables()
            await asyncio.to_thread(self._thread.join, OTHERS_SECONDS if others else LEAVE_SECONDS)


def _from_thread(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *arguments: object) -> None:
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        # The loop is closed: the user has left meanwhile, and nobody wants to know.
        return


def _settle(opened: "asyncio.Future[Target]", target: Target | None, error: BaseException | None) -> None:
    if opened.done():
        return
    if target is not None:
        opened.set_result(target)
    else:
        opened.set_exception(error if isinstance(error, PgtuiError) else RuntimeError(f"The server: {error!r}"))
