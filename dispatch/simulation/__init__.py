"""Robots that keep the demonstration county alive; they act through the public API alone."""
