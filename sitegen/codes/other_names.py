"""What other tools call the keys that authors write here: Hugo, Jekyll, Eleventy, Astro, Zola, Nikola, Pelican and
Docusaurus, and words of the authors' own languages.

Without marks, case and signs between words. Each by the key that has its place here, or by advice in words.
"""

from collections.abc import Collection, Mapping

from sitegen.text import slug

DRAFT = "Write draft: true for what is not ready; all else is published."
LANGUAGE = "The language stands in the file's name, such as news.vi.md."
ORDER = "Lists are in the order of dates. What only your layouts need goes below extra."
ADDRESS = "Name the last part of the address: slug: …; the rest comes from the folder. Old addresses go into aliases."
SECTION = "The section is the folder that the file lies in."
TYPE = "What a text is goes by its folder; another template is named by layout."
MENU = "Menus stand in site.yaml, as menu."
IN_IMAGE = "It belongs to the picture: image: {{src: …, alt: …, caption: …, credit: …}}."
NO_SUCH = "There is nothing like it here: remove it."
OUTPUT = "Say where to write when you build: sitegen build --output …"
IN_THEME = "It belongs to the theme: theme: {{logo: …, colors: …}}."
IN_ARTICLES = "It stands in the front matter of each article."
NO_SECRETS = "Secrets do not belong into site.yaml: set SITEGEN_NAME_PASSWORD, where NAME is the target's."
IN_ORDER = "Languages are in the order in which they stand here."


def _table(**names: str) -> Mapping[str, str]:
    return {name: own for own, row in names.items() for name in row.split()}


OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "FrontMatter": {
        **_table(
            title="headline heading name subject tieude tenbai タイトル 題名 表題 見出し 标题 제목",
            date="datepublished publisheddate pubdate publishedat publishedon posted postedat "
            "created createdat creationdate datecreated datetime ngay ngaydang 日付 公開日 投稿日 日期 날짜",
            updated="lastmod lastmodified modified datemodified modifieddate modifiedat dateupdated updateddate "
            "updatedat lastupdated lastupdate revised capnhat ngaycapnhat 更新日 最終更新",
            publish="publishdate publishat publishafter embargo golive scheduled releasedate",
            expires="expirydate expiry expire expiresat expirationdate expiration unpublish unpublishdate validuntil",
            tags="keyword keywords category categories topic topics subject subjects taxonomies label labels the "
            "chude danhmuc tukhoa タグ キーワード カテゴリ カテゴリー 分類",
            summary="description excerpt abstract intro introduction teaser lede metadescription seodescription tomtat "
            "mota 概要 要約 要旨 説明",
            aliases="alias redirect redirects redirectfrom redirecturls oldurl oldurls oldaddress formerurl",
            image="images cover coverimage thumbnail thumb featuredimage featureimage banner hero "
            "heroimage picture photo ogimage socialimage previewimage anh hinh hinhanh anhdaidien 画像 写真 "
            "アイキャッチ",
            attachments="attachment files file downloads download documents enclosure tepdinhkem dinhkem 添付 "
            "添付ファイル",
            author="authors by byline writer creator tacgia 著者 筆者 執筆者",
            source="origin via nguon 出典 情報源",
            layout="template pagelayout view",
            translation_key="i18nkey translationid ref pageid",
            extra="params custom metadata meta",
        ),
        **dict.fromkeys(("published", "hidden", "private", "unlisted", "status", "visibility", "isdraft"), DRAFT),
        **dict.fromkeys(("lang", "language", "locale", "ngonngu", "言語"), LANGUAGE),
        **dict.fromkeys(
            ("weight", "order", "position", "sort", "priority", "menuorder", "navorder", "sidebarposition"), ORDER
        ),
        **dict.fromkeys(("permalink", "url", "path", "baseurl"), ADDRESS),
        **dict.fromkeys(("section", "folder", "chuyenmuc", "セクション"), SECTION),
        **dict.fromkeys(("type", "kind", "posttype"), TYPE),
        **dict.fromkeys(("menu", "menus", "nav", "navigation", "eleventynavigation"), MENU),
        **dict.fromkeys(
            ("imagealt", "imagecaption", "imagecredit", "coveralt", "featuredimagealt", "alt", "caption", "credit"),
            IN_IMAGE,
        ),
    },
    "Config": {
        **_table(
            title="name sitename sitetitle tieude タイトル",
            base_url="url siteurl rooturl homepage domain host link site",
            default_language="languagecode defaultcontentlanguage defaultlang defaultlocale lang language locale",
            languages="langs locales i18n translations",
            description="tagline subtitle motto sitedescription",
            time_zone="tz",
            page_size="paginate pagination perpage postsperpage paginateby pagersize itemsperpage defaultpagination",
            menu="menus nav navigation navbar menuitems links headerlinks",
            footer="copyright footertext",
            feeds="feed rss atom generatefeeds",
            exclude="ignore ignorefiles excludes ignoredcontent ignorepatterns",
            markdown="markup markdownit goldmark markdownextensions",
            publish="deploy deployment deploytargets servers",
        ),
        **dict.fromkeys(("params", "plugins", "extra", "collections", "taxonomies", "permalinks", "outputs"), NO_SUCH),
        **dict.fromkeys(("output", "outputpath", "outputdir", "publishdir", "destination", "outdir", "dist"), OUTPUT),
        **dict.fromkeys(("logo", "colors", "colours", "palette", "favicon"), IN_THEME),
        **dict.fromkeys(("author", "authors", "redirects", "aliases"), IN_ARTICLES),
    },
    "TargetSettings": {
        **_table(to="target destination dest server deploy path folder", url="baseurl address", host_key="fingerprint"),
        **dict.fromkeys(("password", "pass", "passwd", "token", "secret", "key", "privatekey", "apikey"), NO_SECRETS),
    },
    "LanguageSettings": {
        **_table(name="languagename label title", locale="languagecode code tag"),
        **dict.fromkeys(("weight", "order"), IN_ORDER),
    },
    "MenuLink": _table(title="name label text", url="href link path page address"),
    "Tag": _table(
        name="title label ten 名前", slug="permalink url path", description="summary mota 説明",
        aliases="alias synonyms othernames", drawing="image pattern icon",
    ),
    "NamedSource": _table(name="title label ten 名前", link="url href website address homepage"),
    "Image": _table(
        src="url path file href image filename", alt="alttext alternative text description mota 説明",
        caption="title legend chuthich", credit="author photographer copyright source nguon 撮影",
    ),
    "Attachment": _table(src="url path file href filename", title="name label text caption ten"),
}  # fmt: skip
"""By the type of what is written, by the other name."""

ADVICE = frozenset(text for table in OTHER_NAMES.values() for text in table.values() if " " in text)
"""What is said in words."""


def own_name(kind: str, key: str, known: Collection[str]) -> str:
    """What is written here for a key of other tools, or advice; else nothing. `kind`: the type's name."""
    plain = slug(key).replace("-", "")
    spelt = {name.replace("_", ""): name for name in known}
    own = spelt.get(plain) or OTHER_NAMES.get(kind, {}).get(plain, "")
    return own if own in known or own in ADVICE else ""
