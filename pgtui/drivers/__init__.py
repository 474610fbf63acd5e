"""The drivers: one module of recipes for each, and the registry that knows what each can do."""
