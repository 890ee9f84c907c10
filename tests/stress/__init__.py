"""Long attacks on the real running server, `make stress`: load, overload, soak, fuzz. Not part of `make test`."""
