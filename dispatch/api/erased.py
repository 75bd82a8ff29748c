"""What a sheet, and whoever asks by a query code, is told of words that are gone: what, when and by which rule."""

from pydantic import BaseModel, Field

from dispatch.rules.retention import Kept


class ErasedView(BaseModel):
    """Something of a case that was erased; the words themselves are nowhere any more."""

    what: Kept = Field(description="`reporter`: names and telephones; `words`; `files`.")
    at: str = Field(description="When it was erased.")
    rule: str = Field(description="The key of the row of `retention.toml` that said so.")
    name: str = Field(description="The row's name as the book has it today.")
    name_en: str
    reason: str = Field(description="Which law or need the row follows.")
    reason_en: str
    count: int = Field(description="How many names, texts or files.")
    asked: bool = Field(description="Whether somebody asked for his own data to go.")
