"""The first thing on the screen: the name, where the welcome has it. It needs none of what the screens need, and so is
there before that is loaded."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parents[1] / "screens" / "fonts" / "helvB24.pil"
SIZE = (128, 64)


def splash() -> Image.Image:
    image = Image.new("1", SIZE, 0)
    ImageDraw.Draw(image).text((6, 1), "Rolig", font=ImageFont.load(str(FONT)), fill=1)
    return image
