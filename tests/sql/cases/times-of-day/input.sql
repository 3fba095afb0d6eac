-- A time of day has whole seconds; what is more than a fraction behind them is no time.
SELECT "id", "clock" FROM stream
