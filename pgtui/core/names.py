"""What the tasks are called: by their colours, the notebook's three first."""

COLOURS = (
    "green", "pink", "teal", "amber", "violet", "coral", "lime", "sky",
    "rose", "gold", "mint", "plum", "sand", "cyan", "ruby", "olive",
)  # fmt: skip


def task_names(count: int) -> tuple[str, ...]:
    """The names of the run (first) and of `count` tasks; from the 17th on a number tells them apart."""
    return (
        "run",
        *(COLOURS[i % len(COLOURS)] + (f"-{i // len(COLOURS) + 1}" if i >= len(COLOURS) else "") for i in range(count)),
    )
