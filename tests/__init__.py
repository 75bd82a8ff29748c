"""Tests mirror the tree; what several of them build on stands in conftest.py."""
