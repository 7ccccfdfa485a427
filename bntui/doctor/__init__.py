"""`bntui doctor`: what stands between this machine and its sight of the market, and what mends it."""
