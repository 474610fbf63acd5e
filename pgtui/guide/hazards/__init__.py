"""The entries in words, a module a theme. Nothing here knows a driver."""
