"""The law of the house: pure tables and functions, no input or output."""
