"""Parts that several screens share: the header, the map, and elements that name a word."""
