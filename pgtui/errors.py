"""What a user can cause and put right: a message, a hint, and the exit code that goes with them.

What a task runs into is data in its pane, not one of these; a bug is a traceback.
"""

from typing import ClassVar


class PgtuiError(Exception):
    """A problem told in one sentence, with the offending value in it, and what to do about it.

    Attributes:
        message: what happened, with which value.
        hint: what the user can do; empty when there is nothing to suggest.
        exit_code: what the process ends with when nobody handles the error.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(PgtuiError):
    """A value that the user gave cannot be used: an option, a setting, a theme, a file."""


class UnsupportedError(UsageError):
    """The driver cannot do what was asked; the message is the reason, in a sentence."""


class TraceFileError(UsageError):
    """A recorded run that cannot be read, with the line where reading stopped."""


class ServerError(PgtuiError):
    """No PostgreSQL could be reached or started."""

    exit_code = 3
