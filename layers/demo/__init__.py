"""The demonstration county: real names and codes on an invented geography, the same for the same seed.

May hold: the copied source data, the generator (pure functions of source and seed), and its loader. Everything
made here is 示意数据 and says so.
"""

from layers.demo.load import load_demo

__all__ = ["load_demo"]
