"""The Textual app: the screens, their widgets, the commands. It reads traces and knows no driver."""
