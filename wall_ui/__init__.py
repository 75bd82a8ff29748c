"""Floor 3: screens, theme, words, the command line and the composition root."""
