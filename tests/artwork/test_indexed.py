"""Pictures in indexed colour."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from sitegen.artwork.indexed import Indexed, png, reduced


def opened(picture: Indexed) -> Image.Image:
    file = Image.open(BytesIO(png(picture)))
    assert (file.format, file.mode) == ("PNG", "P")
    file.load()
    return file.convert("RGB")


def striped(*colors: tuple[int, int, int], size: tuple[int, int] = (7, 5)) -> Image.Image:
    """Each row in the next of the colours."""
    picture = Image.new("RGB", size)
    for y in range(size[1]):
        picture.paste(colors[y % len(colors)], (0, y, size[0], y + 1))
    return picture


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_few_colours_stay_as_they_are(count: int) -> None:
    picture = striped(*((20 * number, 255 - 3 * number, number) for number in range(count)), size=(3, 12))
    found = reduced(picture, 12)
    assert opened(found).tobytes() == picture.tobytes()
    assert len(found.palette) == 3 * count


def test_many_colours_become_few_that_are_near() -> None:
    shades = Image.linear_gradient("L")
    picture = Image.merge("RGB", (shades, shades.transpose(Image.Transpose.ROTATE_90), shades))
    found = reduced(picture, 128)
    assert len(found.palette) <= 3 * 128
    assert max(most for _, most in ImageChops.difference(opened(found), picture).getextrema()) < 32  # type: ignore[misc]


def test_a_picture_in_another_keeps_its_colours() -> None:
    ground = reduced(striped((255, 255, 255), (0, 0, 9)), 2)
    both = ground.paste(reduced(striped((200, 0, 0), (0, 255, 255), size=(2, 2)), 2), (3, 1))
    wanted = striped((255, 255, 255), (0, 0, 9))
    wanted.paste(striped((200, 0, 0), (0, 255, 255), size=(2, 2)), (3, 1))
    assert opened(both).tobytes() == wanted.tobytes()
    assert opened(ground).tobytes() == striped((255, 255, 255), (0, 0, 9)).tobytes()
