"""Drills: faults on order, and a judge of what was seen of them."""
