"""Catalogues of a site: extracted from its layouts, filled in by translators, kept up to date."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

from tests.conftest import PROJECT
from tests.support.sites import SETTINGS, article, run, write_site

LAYOUT = """{% extends "page.html" %}
{% block head_extra %}{{ _("Write to us") }} {{ ngettext("%(num)s office", "%(num)s offices", 2) }}{% endblock %}
"""
FILES = {
    "site.yaml": f"{SETTINGS}  fr: {{name: Français}}\n",
    "layouts/contact.html": LAYOUT,
    "content/about.fr.md": article("Contact", date="", layout="contact.html"),
}


def texts(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_a_catalogue_for_each_language_that_needs_one(tmp_path: Path) -> None:
    site = write_site(tmp_path, FILES)
    said = run("messages", "--root", site)
    assert said.status == 0
    catalogues = site / "layouts" / "locales"
    assert sorted(path.name for path in catalogues.iterdir()) == ["fr.po", "ja.po", "vi.po"]
    assert texts(catalogues / "vi.po").keys() == {"Write to us", "('%(num)s office', '%(num)s offices')"}
    assert "Skip to content" in texts(catalogues / "fr.po")
    assert "layouts/locales/vi.po: 2 texts to translate" in said.out
    assert "#: layouts/contact.html" in (catalogues / "fr.po").read_text("utf-8")


def test_what_translators_wrote_stays(tmp_path: Path) -> None:
    site = write_site(tmp_path, FILES)
    run("messages", "--root", site)
    path = site / "layouts/locales/vi.po"
    filled = path.read_text("utf-8").replace('"Write to us"\nmsgstr ""', '"Write to us"\nmsgstr "Liên hệ"')
    filled = filled.replace('msgstr[0] ""', 'msgstr[0] "%(num)s văn phòng"')
    path.write_text(f'{filled}\nmsgid "Latest"\nmsgstr "Vừa đăng"\n', "utf-8")
    said = run("messages", "--root", site)
    assert "layouts/locales/vi.po: 0 texts to translate" in said.out
    once = path.read_text("utf-8")
    assert texts(path)["Latest"] == "Vừa đăng"
    run("messages", "--root", site)
    assert path.read_text("utf-8") == once
    (site / "layouts/contact.html").write_text(LAYOUT.replace("Write to us", "Contact"), "utf-8")
    run("messages", "--root", site)
    assert '#~ msgid "Write to us"\n#~ msgstr "Liên hệ"' in path.read_text("utf-8")


def test_a_filled_catalogue_ends_the_warning(tmp_path: Path) -> None:
    site = write_site(tmp_path, FILES)
    assert "translated into fr (" in run("build", "--root", site).err
    run("messages", "--root", site)
    for name in ("fr", "vi", "ja"):
        path = site / f"layouts/locales/{name}.po"
        text = path.read_text("utf-8").replace('\nmsgstr ""\n\n', '\nmsgstr "x"\n\n')
        text = re.sub(r'(?<=\[\d\] )""', '"x %(num)s"', text)  # in two forms or three, as the libraries count French
        path.write_text(
            text.rstrip().removesuffix('msgstr ""') + 'msgstr "x"\n' * text.rstrip().endswith('msgstr ""'), "utf-8"
        )
    assert "missing-message" not in run("build", "--root", site).err
    assert "x 2" in (site / "output/fr/about/index.html").read_text("utf-8")


def test_texts_that_only_a_run_can_tell_are_left_to_it(tmp_path: Path) -> None:
    layout = LAYOUT.replace("2) }}", "2) }}{{ _(article.key) }}{{ _('') }}")
    site = write_site(tmp_path, {**FILES, "layouts/contact.html": layout})
    run("messages", "--root", site)
    assert len(texts(site / "layouts/locales/vi.po")) == 2
    assert run("build", "--root", site).status == 0


def test_nothing_to_do(tmp_path: Path) -> None:
    said = run("messages", "--root", write_site(tmp_path, {}))
    assert (said.status, said.out) == (0, "Every text is translated into every language.\n")
    assert not (tmp_path / "layouts").exists()


def test_broken_layouts_are_told(tmp_path: Path) -> None:
    assert run("messages", "--root", write_site(tmp_path / "a", {"layouts/home.html": "{% if %}"})).status == 1
    broken = {"layouts/locales/vi.po": 'message "Latest"\n'}
    said = run("messages", "--root", write_site(tmp_path / "b", broken))
    assert (said.status, "broken-catalogue" in said.err) == (1, True)


def test_titles_that_python_gives_are_in_the_catalogues_too() -> None:
    """The extraction reads layouts only, so parts/titles.txt lists what the code says."""
    modules = [
        ast.parse((PROJECT / f"sitegen/render/{name}.py").read_text("utf-8")) for name in ("context", "site_view")
    ]
    said = {
        argument.value
        for tree in modules
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "gettext"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    listed = (PROJECT / "sitegen/theme/layouts/parts/titles.txt").read_text("utf-8")
    assert len(said) >= 7
    assert [text for text in said if f'_("{text}"' not in listed] == []
