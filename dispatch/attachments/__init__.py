"""Files that belong to a case: what kind they are, photos made fit to be shown, and the folder that keeps them."""
