"""Finding things on the map by name, pinyin or code; only what the searcher may see is ever looked through."""
