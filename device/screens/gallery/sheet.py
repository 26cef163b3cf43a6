"""Contact sheets of every screen in every language: `python -m device.screens.gallery.sheet [FOLDER]`."""

import argparse
from pathlib import Path

from PIL import Image

from device.screens import draw
from device.screens.canvas import HEIGHT, WIDTH
from device.screens.gallery.examples import examples
from device.session.choosing.preferences import Language
from device.session.showing.views import View

COLUMNS = 4
SCALE = 4
GAP_PX = 12
BACKGROUND = 48


def sheet(views: list[View]) -> Image.Image:
    """The views' pictures side by side, four a row, each pixel shown as 4 x 4."""
    across, down = WIDTH * SCALE + GAP_PX, HEIGHT * SCALE + GAP_PX
    rows = -(-len(views) // COLUMNS)
    page = Image.new("L", (COLUMNS * across + GAP_PX, rows * down + GAP_PX), BACKGROUND)
    for number, view in enumerate(views):
        picture = draw(view).convert("L").resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.NEAREST)
        page.paste(picture, (GAP_PX + number % COLUMNS * across, GAP_PX + number // COLUMNS * down))
    return page


def make_sheet(folder: Path) -> list[Path]:
    """Write `screens.png` (all languages) and `screens-LANGUAGE.png` of each into `folder`; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [sheet(list(examples(language).values())) for language in Language]
    every = Image.new("L", (pages[0].width, sum(page.height for page in pages)), BACKGROUND)
    top = 0
    for page in pages:
        every.paste(page, (0, top))
        top += page.height
    paths = [folder / "screens.png", *(folder / f"screens-{language}.png" for language in Language)]
    for path, page in zip(paths, [every, *pages], strict=True):
        # Two tones and few colours: a small file.
        page.quantize(4).save(path, optimize=True)
    return paths


def make_golden(folder: Path) -> list[Path]:
    """Write every screen in its true size, one file each; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for language in Language:
        for name, view in examples(language).items():
            paths.append(folder / f"{name}-{language}.png")
            draw(view).save(paths[-1], optimize=True)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw every screen in every language as contact sheets.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/img"), help="where to write (docs/img)")
    parser.add_argument("--golden", action="store_true", help="write one picture a screen in its true size instead")
    args = parser.parse_args()
    for path in make_golden(args.folder) if args.golden else make_sheet(args.folder):
        print(path)


if __name__ == "__main__":
    main()
