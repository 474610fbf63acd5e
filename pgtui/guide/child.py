"""The child of `apart`: reads its job from standard input, runs it, and sends what happens to standard output."""

import asyncio
import os
import pickle
import sys
import threading
from array import array
from typing import BinaryIO

from pgtui.core.events import KIND_BITS, VALUE_SHIFT, Event
from pgtui.core.runner import Runner
from pgtui.core.trace import Trace
from pgtui.guide.apart import LENGTH, Job, News
from pgtui.guide.demonstrate import plan_of

SEND_SECONDS = 0.02


def main() -> None:
    """Run the job that stands on standard input."""
    # Whatever a driver prints must not get between the frames.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    (length,) = LENGTH.unpack(sys.stdin.buffer.read(LENGTH.size))
    job = pickle.loads(sys.stdin.buffer.read(length))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_run(job, out))
    # Threads that a recipe left blocked must not keep the process.
    os._exit(0)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


async def _run(job: Job, out: BinaryIO) -> None:
    plan = await plan_of(job.hazard, job.case, job.side, job.target, job.timeout, job.application_name)
    runner = Runner(plan)
    sender = Sender(runner.trace, out)
    sending = asyncio.ensure_future(sender.send_often())
    await runner.run()
    sending.cancel()
    sender.send()


class Sender:
    """Sends what is new in a trace."""

    def __init__(self, trace: Trace, out: BinaryIO) -> None:
        self._trace = trace
        self._out = out
        self._events = self._payloads = self._values = 0

    async def send_often(self) -> None:
        while True:
            self.send()
            await asyncio.sleep(SEND_SECONDS)

    def send(self) -> None:
        trace = self._trace
        payloads = trace.payloads[self._payloads or 1 :]
        values = dict(list(trace.first_values.items())[self._values :])
        events = list(trace.events(self._events))
        if not events:
            return
        news = News(
            array("q", (event.time for event in events)),
            array("q", map(_packed, events)),
            payloads,
            {tag: tuple(row) for tag, row in values.items()},
        )
        self._events = events[-1].index + 1
        self._payloads = len(trace.payloads)
        self._values = len(trace.first_values)
        frame = pickle.dumps(news)
        self._out.write(LENGTH.pack(len(frame)) + frame)
        self._out.flush()


def _packed(event: Event) -> int:
    return event.value << VALUE_SHIFT | event.task << KIND_BITS | event.kind


if __name__ == "__main__":
    main()
