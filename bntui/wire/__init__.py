"""The seam between engine and viewers: messages, what carries them, and both sides of the talk."""
