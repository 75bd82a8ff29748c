"""What lasts as long as the process is taken out of the garbage collector's rounds."""

import gc


def settle() -> None:
    """Let the collector forget what is there now, after one last look at it.

    The county, its roads, its names and a hundred modules are a quarter of a million objects. Looking through them for
    garbage takes 0.1 to 0.2 s in which nobody is answered, and would be done again and again in a busy hour.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
