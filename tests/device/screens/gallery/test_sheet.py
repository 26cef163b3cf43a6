from pathlib import Path

from PIL import Image

from device.screens.gallery.examples import examples
from device.screens.gallery.sheet import make_golden, make_sheet
from device.session.choosing.preferences import Language


def test_one_command_draws_every_screen_in_every_language(tmp_path: Path) -> None:
    both, *single = make_sheet(tmp_path / "img")
    sizes = []
    for path in single:
        with Image.open(path) as page:
            sizes.append(page.size)
            _, brightest = page.convert("L").getextrema()
            assert not isinstance(brightest, tuple)  # one band
            assert brightest > 200
    with Image.open(both) as page:
        assert page.size == (sizes[0][0], sum(height for _, height in sizes))
    assert {path.name for path in single} == {f"screens-{language}.png" for language in Language}


def test_golden_images_are_one_small_file_a_screen(tmp_path: Path) -> None:
    paths = make_golden(tmp_path)
    assert len(paths) == len(examples(Language.NB)) * len(Language)
    assert all(path.stat().st_size < 2000 for path in paths)
