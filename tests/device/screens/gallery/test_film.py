from pathlib import Path

from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from device.screens.gallery.film import film, make_film
from device.session.choosing.preferences import Language
from device.session.showing.views import (
    ContactView,
    GuideView,
    OfferView,
    PageView,
    QuestionView,
    QuietView,
    RingView,
    SummaryGuessView,
    SummaryTimeView,
    WelcomeView,
)


def test_the_film_shows_a_whole_session() -> None:
    views = film(Language.NB)
    kinds = {type(view.page if isinstance(view, PageView) else view) for view in views}
    assert kinds >= {
        WelcomeView,
        ContactView,
        QuestionView,
        RingView,
        GuideView,
        OfferView,
        QuietView,
        SummaryTimeView,
        SummaryGuessView,
    }


def test_the_film_is_a_small_moving_picture(tmp_path: Path) -> None:
    path = make_film(tmp_path / "img" / "session.gif", Language.EN)
    assert path.stat().st_size < 400_000
    with Image.open(path) as picture:
        assert isinstance(picture, GifImageFile)
        assert picture.n_frames > 100
        assert picture.size == (256, 128)
