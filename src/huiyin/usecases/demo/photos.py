"""Photos drawn by code: a few shapes in the colours of a street, enough to show how photos look in a case."""

import io
import random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)
SKY, NIGHT, GROUND, ROAD = (186, 208, 222), (28, 36, 54), (142, 150, 132), (96, 98, 102)


def photo(kind: str, chance: random.Random) -> SimpleUploadedFile:
    """A JPEG upload that shows roughly what `kind` names: lamp, road, water, bins, wall, stop, tree."""
    picture = Image.new("RGB", SIZE, NIGHT if kind == "lamp" else SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, 1200, 900), fill=GROUND)
    draw.polygon([(0, 900), (380, 580), (820, 580), (1200, 900)], fill=ROAD)
    _houses(draw, chance)
    {"lamp": _lamp, "water": _water, "bins": _bins, "wall": _wall, "tree": _tree}.get(kind, _hole)(
        draw, chance
    )
    picture = picture.filter(ImageFilter.GaussianBlur(1.6))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return SimpleUploadedFile(
        f"{kind}-{chance.randrange(1000, 9999)}.jpg", out.getvalue(), content_type="image/jpeg"
    )


def _houses(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left = -20
    while left < 1200:
        width, height = chance.randrange(120, 260), chance.randrange(160, 400)
        shade = chance.randrange(150, 210)
        draw.rectangle((left, 580 - height, left + width, 580), fill=(shade, shade - 10, shade - 24))
        for x in range(left + 20, left + width - 30, 44):
            for y in range(600 - height, 540, 60):
                draw.rectangle((x, y, x + 22, y + 32), fill=(110, 126, 140))
        left += width + chance.randrange(4, 40)


def _lamp(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x = chance.randrange(250, 900)
    draw.rectangle((x, 220, x + 14, 760), fill=(60, 64, 70))
    draw.rectangle((x, 220, x + 120, 234), fill=(60, 64, 70))
    draw.ellipse((x + 90, 230, x + 140, 256), fill=(40, 42, 46))


def _hole(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, y = chance.randrange(420, 700), chance.randrange(660, 760)
    draw.ellipse((x, y, x + 220, y + 70), fill=(52, 50, 48))
    draw.ellipse((x + 30, y + 16, x + 180, y + 58), fill=(34, 32, 30))


def _water(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _puddle in range(5):
        x, y = chance.randrange(250, 900), chance.randrange(620, 840)
        draw.ellipse(
            (x, y, x + chance.randrange(120, 320), y + chance.randrange(24, 60)), fill=(120, 138, 150)
        )


def _bins(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for place in range(4):
        x = 260 + place * 130 + chance.randrange(-20, 20)
        draw.rectangle((x, 600, x + 96, 740), fill=[(44, 92, 62), (60, 82, 120)][place % 2])
        draw.rectangle((x - 6, 584, x + 102, 604), fill=(30, 34, 36))
        draw.ellipse((x - 30, 716, x + 50, 770), fill=(140, 120, 96))


def _wall(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x = chance.randrange(300, 600)
    draw.rectangle((x, 100, x + 360, 620), fill=(204, 196, 180))
    for _patch in range(6):
        a, b = x + chance.randrange(20, 280), chance.randrange(140, 540)
        draw.polygon([(a, b), (a + 60, b + 14), (a + 44, b + 70), (a - 10, b + 52)], fill=(150, 132, 112))


def _tree(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x = chance.randrange(300, 800)
    draw.rectangle((x, 380, x + 40, 760), fill=(92, 70, 50))
    for _leaf in range(14):
        a, b = x + chance.randrange(-180, 140), chance.randrange(160, 460)
        draw.ellipse(
            (a, b, a + 150, b + 110), fill=(60 + chance.randrange(40), 110 + chance.randrange(30), 66)
        )
