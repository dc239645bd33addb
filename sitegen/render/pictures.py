"""Pictures as templates and texts show them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape

from markupsafe import Markup

from sitegen.images.variants import FALLBACKS, Variant, key_of_variants, path_of, variants
from sitegen.site.media import File, is_replaced

from .view import View


class PictureSource:
    """A picture in one format: its media type, and its addresses with their widths."""

    def __init__(self, media_type: str, srcset: str) -> None:
        self.type, self.srcset = media_type, srcset


class PictureView:
    """A picture with what there is to say of it. `url`, `width` and `height` are those of a file that every browser
    knows; `tone` is a class of css/pictures.css that holds its place until it is there."""

    def __init__(self, view: View, name: str, file: File, alt: str, caption: str = "", credit: str = "") -> None:
        self._view, self._name, self._file = view, name, file
        self.alt, self.caption, self.credit = alt, caption, credit
        picture = file.picture
        self.moving = picture is not None and picture.kind == "moving"
        self.tone = "" if picture is None or picture.tone is None else f"tone-{picture.tone}"
        path = file.path
        self.width, self.height = (picture.width, picture.height) if picture else (None, None)
        if is_replaced(file):
            (fallback, path) = self._fallback[-1]
            self.width, self.height = fallback.width, fallback.height
        self.url, self.absolute = view.url(path), view.absolute(path)

    @property
    def srcset(self) -> str:
        """Addresses and widths for browsers that read none of the better formats; empty where the file itself is
        shown."""
        return "" if self.moving else self._srcset(self._fallback)

    @property
    def sources(self) -> tuple[PictureSource, ...]:
        """The better formats, best first; of a moving picture, for those who want it to stand still."""
        forms = dict.fromkeys(variant.form for variant, _ in self._all if variant.form not in FALLBACKS)
        return tuple(PictureSource(f"image/{form}", self._srcset(self._variants(form))) for form in forms)

    def show(self, sizes: str = "100vw", *, lead: bool = False, alt: str | None = None) -> Markup:
        """The picture in HTML. `sizes`: how wide it is shown (HTML, section 4.8.4.2); `lead`: it is wanted at once."""
        attributes = {
            "src": self.url,
            "alt": self.alt if alt is None else alt,
            "width": self.width,
            "height": self.height,
            "srcset": self.srcset,
            "sizes": sizes if self.srcset else None,
            "class": self.tone,
            "fetchpriority": "high" if lead else None,
            "loading": None if lead else "lazy",
            "decoding": "async",
        }
        picture = _tag("img", attributes)
        still = "(prefers-reduced-motion: reduce)" if self.moving else None
        others = [{"media": still, "type": s.type, "srcset": s.srcset, "sizes": sizes} for s in self.sources]
        if still:
            others.append({"media": still, "srcset": self._srcset(self._fallback), "sizes": sizes})
        if not others:
            return Markup(picture)
        return Markup(f"<picture>{''.join(_tag('source', other) for other in others)}{picture}</picture>")

    def plain(self) -> Markup:
        """One file that every reader of feeds can show, by its full address."""
        size = {"width": self.width, "height": self.height}
        return Markup(_tag("img", {"src": self.absolute, "alt": self.alt, **size, "loading": "lazy"}))

    @cached_property
    def _all(self) -> tuple[tuple[Variant, str], ...]:
        settings = self._view.config.pictures
        key = key_of_variants(self._file.source, settings)
        made = variants(self._file.picture, settings) if self._file.picture else ()
        return tuple((variant, path_of(self._name, key, variant)) for variant in made)

    def _variants(self, *forms: str) -> list[tuple[Variant, str]]:
        return [(variant, path) for variant, path in self._all if variant.form in forms]

    @property
    def _fallback(self) -> list[tuple[Variant, str]]:
        return self._variants(*FALLBACKS)

    def _srcset(self, chosen: list[tuple[Variant, str]]) -> str:
        return ", ".join(f"{self._view.url(path)} {variant.width}w" for variant, path in chosen)


class DrawnPicture:
    """A picture that the build has drawn: for an article without one, or to share a page by."""

    caption = credit = ""

    def __init__(self, view: View, path: str, size: tuple[int, int], alt: str = "") -> None:
        self.url, self.absolute, self.alt = view.url(path), view.absolute(path), alt
        self.width, self.height = size

    def show(self, sizes: str = "100vw", *, lead: bool = False, alt: str | None = None) -> Markup:
        """As other pictures are shown; one file serves at every width, so `sizes` is of no use."""
        attributes: dict[str, str | int | None] = {
            "src": self.url,
            "alt": self.alt if alt is None else alt,
            "width": self.width,
            "height": self.height,
            "fetchpriority": "high" if lead else None,
            "loading": None if lead else "lazy",
            "decoding": "async",
        }
        return Markup(_tag("img", attributes))


def _tag(name: str, attributes: Mapping[str, str | int | None]) -> str:
    """An element without content; attributes that are None or empty are left out, but for alt."""
    written = "".join(
        f' {key}="{escape(str(value))}"' for key, value in attributes.items() if value or (key == "alt" and value == "")
    )
    return f"<{name}{written}>"
