"""`make bench`: what bntui costs, each figure beside a named rival's of the same run.

Absolute times on a machine that others use too mean little; ratios hold. Processes are measured by the
processor time that the system says they took, never by the clock. Linux only.
"""
