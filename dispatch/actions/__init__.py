"""The only writer: each action is one transaction that ends in one fact on the log."""
