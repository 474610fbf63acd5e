"""pgtui shows how concurrent tasks interleave when they fetch rows from PostgreSQL."""

__version__ = "0.1.0"
