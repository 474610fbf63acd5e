"""The screens: the live one, and those that open over it."""
