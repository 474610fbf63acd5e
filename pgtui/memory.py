"""What pgtui remembers from one visit to the next, in a file of its own.

Nothing here raises: a state file that is missing, damaged or cannot be written costs the memory, nothing else.
"""

import contextlib
import dataclasses
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered.

    Attributes:
        tour_seen: whether the guided first visit was shown, or skipped.
        queries: the last queries of the editor, the latest first.
    """

    tour_seen: bool = False
    queries: tuple[str, ...] = ()


def memory_file() -> Path:
    """Where it is kept: `state.json` in the user's state directory."""
    import platformdirs

    return platformdirs.user_state_path("pgtui") / "state.json"


def recall(file: Path | None = None) -> Memory:
    """What is remembered; of what cannot be read, the default."""
    try:
        kept = json.loads((file or memory_file()).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Memory()
    if not isinstance(kept, dict):
        return Memory()
    queries = kept.get("queries")
    return Memory(
        tour_seen=kept.get("tour_seen") is True,
        queries=tuple(one for one in queries if isinstance(one, str)) if isinstance(queries, list) else (),
    )


def remember(memory: Memory, file: Path | None = None) -> bool:
    """Keep it for the next visit; False when that was not possible. The file is replaced as a whole."""
    file = file or memory_file()
    draft = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=file.name, dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(dataclasses.asdict(memory), written)
        os.replace(draft, file)
    except OSError:
        if draft is not None:
            with contextlib.suppress(OSError):
                os.unlink(draft)
        return False
    return True
