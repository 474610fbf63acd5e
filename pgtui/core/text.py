"""Values, names and messages from a server as text that is safe to show: control characters become visible."""

from typing import Any

_CONTROL = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_CONTROL |= {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
# Marks that reorder what stands beside them, and line breaks that terminals do not agree on.
_CONTROL |= {
    code: f"\\u{code:04x}"
    for code in (0x061C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
}


def shown(value: Any, most: int = 1_000) -> str:
    """The value as one line of text: `␛` for an escape, `␊` for a line break, bytes as `\\x…`."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes | bytearray | memoryview):
        kept = bytes(value[: most // 2])
        text = "\\x" + kept.hex() + ("…" if len(value) > len(kept) else "")
    else:
        try:
            text = str(value)
        except Exception as error:  # a value's own __str__ may fail: it is data, and shown as such
            text = f"<{type(value).__name__}: {type(error).__name__}>"
    if len(text) > most:
        text = text[:most] + "…"
    text = text.translate(_CONTROL)
    return text.encode("utf-8", "backslashreplace").decode()
