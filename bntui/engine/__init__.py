"""The engine: a process that keeps feed and store, and answers viewers."""
