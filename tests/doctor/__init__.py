"""Tests of what is looked at, and of the line that mends it."""
