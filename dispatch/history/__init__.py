"""A past for the demonstration county: years of cases that the rules allow, written at once (`wall demo --history`).

What is rare (hazards, disputes, complaints) is lived case by case through the rules themselves; the million pieces of
information that grid officers settle on the spot are drawn as arrays and written by templates that one case, lived
through the same rules, has left.
"""
