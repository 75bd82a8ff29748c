"""Writing any layer out again, for whatever program a county uses."""
