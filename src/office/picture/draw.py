"""Draws glyphs.png out of Noto Sans SC: each character of GB 2312 in the cell of its row and column, 24 pixels square.

Half-width ASCII stands in row 3, where GB 2312 has its full-width form. A character that the font does not have leaves its
cell empty. Needs fonttools, brotli and pillow from PyPI, and the unpacked npm package @fontsource/noto-sans-sc 5.3.0:

    python draw.py PACKAGE_FOLDER glyphs.png
"""

import glob
import io
import sys

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

CELL = 24
ROWS, COLUMNS = 87, 94
WEIGHT = 500


def fonts(package):
    """Every part of the font, with the characters that it has."""
    parts = [f"{package}/files/noto-sans-sc-latin-{WEIGHT}-normal.woff2"]
    parts += sorted(glob.glob(f"{package}/files/noto-sans-sc-[0-9]*-{WEIGHT}-normal.woff2"))
    parts.append(f"{package}/files/noto-sans-sc-chinese-simplified-{WEIGHT}-normal.woff2")
    for part in parts:
        font = TTFont(part)
        has = set(font.getBestCmap())
        font.flavor = None
        plain = io.BytesIO()
        font.save(plain)
        yield has, ImageFont.truetype(io.BytesIO(plain.getvalue()), CELL - 2)


def main(package, target):
    found = list(fonts(package))
    atlas = Image.new("L", (COLUMNS * CELL, ROWS * CELL), 0)
    pen = ImageDraw.Draw(atlas)
    missing = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            if row == 2:
                character = chr(0x21 + column)
            else:
                try:
                    character = bytes([0xA1 + row, 0xA1 + column]).decode("gb2312")
                except UnicodeDecodeError:
                    continue
            font = next((font for has, font in found if ord(character) in has), None)
            if font is None:
                missing.append(character)
                continue
            pen.text((column * CELL + 1, row * CELL + 19), character, fill=255, font=font, anchor="ls")
    atlas.point(lambda grey: 255 if grey > 110 else 0).convert("1").save(target, optimize=True)
    print(f"{len(missing)} without a glyph: {''.join(missing)}")


main(*sys.argv[1:])
