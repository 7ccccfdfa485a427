"""What the panels of a symbol's screen say, as lines; widgets draw them."""
