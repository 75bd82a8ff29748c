"""Response plans: which kinds of unit a category calls for, wanted first."""

from dispatch.rules.categories import CATEGORIES
from dispatch.rules.vocabulary import UnitKind

PLANS: dict[str, tuple[UnitKind, ...]] = {key: category.plan for key, category in CATEGORIES.items()}
