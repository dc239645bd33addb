"""`sitegen messages`: catalogues for translators, of what the layouts say."""

from pathlib import Path

import click

from .command import PROBLEMS, Command, author_words, fail_on_error, lang_option, root_option


@click.command("messages", cls=Command)
@root_option
@lang_option
def messages(root: Path) -> None:
    """Bring layouts/locales/ up to date: one gettext catalogue for each language, with all that the layouts say."""
    from sitegen.translation.catalogs import read_interface, update_catalogs

    words = author_words()
    with fail_on_error(root, PROBLEMS):
        interface = read_interface(root)
    updates = update_catalogs(
        interface.layouts.values(), interface.catalogues, interface.languages.values(), interface.themes
    )
    for made in updates:
        path = root / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text, encoding="utf-8", newline="\n")
        left = words.count("{n} text to translate", "{n} texts to translate", made.missing)
        click.echo(f"{made.path}: {left}")
    if not updates:
        click.echo(words.say("Every text is translated into every language."))
