"""The black box: what could be seen is kept, and can be seen again."""
