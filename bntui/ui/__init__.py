"""The viewer: screens over a mirror of what the engine shows."""
