"""Every figure that we promise, measured: `make bench`, or `python -m bench NAME …` for some of them."""
