"""Build the product's own fonts: woff2 slices that a browser loads only where a character of theirs is shown.

Sources: Noto Sans CJK SC (Debian `fonts-noto-cjk`) for Hanzi, Barlow Semi Condensed (npm
`@fontsource/barlow-semi-condensed`) for digits and Latin; both SIL Open Font License 1.1, kept beside them.

    python scripts/build_fonts.py --hanzi /usr/share/fonts/opentype/noto --latin <folder with barlow *.woff2>

The first slice holds every Hanzi of the catalogue and of the demonstration county, so that a screen at rest
loads one file per weight; GB 2312 level 1 follows in slices for what people type.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "wall_ui" / "assets" / "fonts"
SHEET = ROOT / "wall_ui" / "assets" / "fonts.css"
SIMPLIFIED_CHINESE = 2  # its place in the Noto CJK collections
HANZI_WEIGHTS = {400: "NotoSansCJK-Regular.ttc", 700: "NotoSansCJK-Bold.ttc"}
LATIN_WEIGHTS = (400, 500, 600, 700)
SLICES = 6
PUNCTUATION = "·—…、。〈〉《》「」『』【】〔〕！（），：；？％～￥“”‘’①②③④⑤⑥⑦⑧⑨⑩→←↑↓△▲●○■□◆◇★☆℃㎡"
# With the letter that pinyin needs beyond ASCII: Lü, Nü.
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "°±×÷·–—−≤≥€′″üÜ"
SOURCES_OF_TEXT = (
    "wall_ui/**/*.py",
    "dispatch/**/*.py",
    "layers/**/*.py",
    "layers/**/*.csv",
    "layers/**/*.json",
)


def is_hanzi(character: str) -> bool:
    """Say whether `character` is a Han ideograph of the basic block."""
    return "\u4e00" <= character <= "\u9fff"


def used_hanzi() -> set[str]:
    """Return the Hanzi that the product itself holds: catalogue, names of areas, persons and places."""
    files = [path for pattern in SOURCES_OF_TEXT for path in ROOT.glob(pattern)]
    return {c for path in files for c in path.read_text(encoding="utf-8") if is_hanzi(c)}


def level_one() -> list[str]:
    """Return the 3,755 characters of GB 2312 level 1, in its order (by pronunciation)."""
    codes = ((row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    characters = (bytes(code).decode("gb2312", errors="ignore") for code in codes)
    return [c for c in characters if c and is_hanzi(c)]


def chunks(characters: list[str], parts: int) -> list[list[str]]:
    """Cut `characters` into `parts` runs of about equal length."""
    size = -(-len(characters) // parts)
    return [characters[i : i + size] for i in range(0, len(characters), size)]


def unicode_range(characters: Iterable[str]) -> str:
    """Return a CSS unicode-range for `characters`, neighbours joined."""
    runs: list[list[int]] = []
    for point in sorted({ord(c) for c in characters}):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return ",".join(f"U+{a:x}" if a == b else f"U+{a:x}-{b:x}" for a, b in runs)


def cut(source: Path, target: Path, characters: Iterable[str], *, number: int = -1) -> None:
    """Write the glyphs for `characters` of `source` as woff2; `number` picks a face of a collection."""
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "tnum", "lnum", "palt", "liga"] if number < 0 else ["kern"]
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [1, 2, 13, 14]
    options.font_number = number
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(font)
    save_font(font, str(target), options)


def face(family: str, weight: int, file: str, characters: Iterable[str]) -> str:
    """Return one @font-face rule."""
    return (
        f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};font-display:block;'
        f'src:url("/assets/fonts/{file}") format("woff2");unicode-range:{unicode_range(characters)}}}'
    )


def build(hanzi: Path, latin: Path) -> None:
    """Write all slices, their style sheet and their licences."""
    for old in FONTS.glob("*.woff2"):
        old.unlink()
    first = used_hanzi()
    rest = [c for c in level_one() if c not in first]
    slices = [[*sorted(first), *PUNCTUATION], *chunks(rest, SLICES)]
    rules = []
    for weight in LATIN_WEIGHTS:
        file = f"latin-{weight}.woff2"
        cut(latin / f"barlow-semi-condensed-latin-{weight}-normal.woff2", FONTS / file, LATIN)
        rules.append(face("Wall Latin", weight, file, LATIN))
    for weight, name in HANZI_WEIGHTS.items():
        for index, characters in enumerate(slices):
            file = f"hanzi-{weight}-{index}.woff2"
            cut(hanzi / name, FONTS / file, characters, number=SIMPLIFIED_CHINESE)
            rules.append(face("Wall Hanzi", weight, file, characters))
    banner = "/* Written by scripts/build_fonts.py. */\n"
    SHEET.write_text(banner + "\n".join(rules) + "\n", encoding="utf-8")
    total = sum(path.stat().st_size for path in FONTS.glob("*.woff2"))
    print(f"{len(first)} Hanzi in use, {len(rest)} more of level 1, {len(rules)} files, {total / 1e6:.2f} MB")


def main() -> None:
    """Read the two source folders from the command line and build."""
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", __doc__ or "")[0])
    parser.add_argument("--hanzi", type=Path, default=Path("/usr/share/fonts/opentype/noto"))
    parser.add_argument("--latin", type=Path, required=True)
    arguments = parser.parse_args()
    build(arguments.hanzi, arguments.latin)


if __name__ == "__main__":
    main()
