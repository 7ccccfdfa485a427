"""The candle chart as pure functions: from candles and a size to styled cells. A widget shows them."""
