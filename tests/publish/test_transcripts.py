"""What authors read at a terminal while they publish, in their language: to a real OpenSSH server, read back over HTTP.

What differs from run to run is put as a word. Written anew when SITEGEN_TRANSCRIPTS is set; then read them.
"""

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from sitegen.i18n.messages import LANGUAGES
from tests.support.live import SERVED, nginx
from tests.support.photos import photo
from tests.support.relay import Relay
from tests.support.sites import SETTINGS, Content, article, write_site
from tests.support.sshd import Sshd, sshd

pytestmark = pytest.mark.posix
TRANSCRIPTS = Path(__file__).parent / "transcripts"
TALKS: Mapping[str, Content] = {
    "content/news/opening/index.vi.md": article("Lễ khai mạc", "Xem [đào tạo](../training/index.vi.md)."),
    "content/news/training/index.vi.md": article("Đào tạo", slug="dao-tao"),
    "content/news/training/index.ja.md": article("研修"),
    "content/news/training/index.en.md": article("Training", "![Map](map.jpg)", attachments=[{"src": "plan.pdf"}]),
    "content/news/training/plan.pdf": b"%PDF-1.4\n" + os.urandom(300_000),
}
PUBLISH = """
search: false
publish:
  live:
    to: sftp://{user}@127.0.0.1:{port}/www
    url: http://127.0.0.1:{http}/
  slow:
    to: sftp://{user}@127.0.0.1:{relay}/slow
    url: http://127.0.0.1:{nowhere}/
    host_key: {key}
  closed: {{to: "sftp://nobody@127.0.0.1:{port}/www", host_key: "{key}"}}
"""


class Author:
    """Somebody at a terminal. `said`: all that stood there."""

    def __init__(self, root: Path, server: Sshd, lang: str) -> None:
        self.said = ""
        self._root, self._lang = root, lang
        self._environment = {
            **os.environ,
            "HOME": str(server.key.parent),
            "SSH_AUTH_SOCK": "",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TERM": "dumb",
            "PYTHONWARNDEFAULTENCODING": "",  # of libraries, too
            **{f"SITEGEN_{target}_KEY_FILE": str(server.key) for target in ("LIVE", "SLOW", "CLOSED")},
        }

    def publish(self, *arguments: str, answers: tuple[str, ...] = (), stop: "Relay | None" = None) -> int:
        """Answers each question in turn; with `stop`, interrupts once some of the files have passed."""
        import pexpect

        self.said += f"$ sitegen publish {' '.join(arguments)}".rstrip() + "\n"
        command = ["-m", "sitegen", "publish", "--root", str(self._root), "--lang", self._lang, *arguments]
        child = pexpect.spawn(sys.executable, command, env=self._environment, encoding="utf-8", dimensions=(50, 400))
        child.delaybeforesend = 0
        for answer in answers:
            child.expect(r"\[[^\]\r\n]{3,5}\]:", timeout=60)
            self.said += f"{child.before}{child.after}"
            child.sendline(answer)
        if stop is not None:
            while stop.passed[0] < 150_000:
                time.sleep(0.05)
            child.sendintr()
        child.expect(pexpect.EOF, timeout=60)
        self.said += str(child.before)
        child.close()
        return -1 if child.exitstatus is None else child.exitstatus


@pytest.mark.parametrize("lang", LANGUAGES)
def test_transcript(tmp_path: Path, lang: str, places: "ExitStack") -> None:
    root, www = tmp_path / "site", tmp_path / "host" / "www"
    www.mkdir(parents=True)
    (tmp_path / "host" / "slow").mkdir()
    (www / "index.html").write_text("The provider's own page.", "utf-8")
    (www / "default_page.png").write_bytes(b"png")
    server = places.enter_context(sshd(tmp_path / "run", tmp_path / "host"))
    (http,) = places.enter_context(nginx(tmp_path / "nginx", SERVED.replace("{root}", str(www))))
    relay = places.enter_context(Relay(server.port, rate=300_000))
    said = PUBLISH.format(
        user=server.user, port=server.port, http=http, relay=relay.port, nowhere=1, key=server.fingerprint
    )
    write_site(root, {**TALKS, "content/news/training/map.jpg": photo(), "site.yaml": SETTINGS + said})
    author = Author(root, server, lang)

    assert author.publish(answers=("t", "y", "y")) == 0
    assert author.publish() == 0
    article_file = root / "content/news/training/index.vi.md"
    article_file.write_text(article("Đào tạo", slug="chia-se"), "utf-8")
    assert author.publish() == 1
    article_file.write_text(article("Đào tạo", slug="chia-se", aliases=["/vi/news/dao-tao/"]), "utf-8")
    assert author.publish() == 0
    assert author.publish("slow", "--yes", stop=relay) == 3
    assert author.publish("slow", "--yes") == 0
    assert author.publish("closed") == 1

    shown = settled(author.said, {str(server.port): "22", str(http): "80", str(relay.port): "2222", server.user: "web"})
    shown = shown.replace(server.fingerprint, "SHA256:FINGERPRINT")
    golden = TRANSCRIPTS / f"{lang}.txt"
    if os.environ.get("SITEGEN_TRANSCRIPTS"):
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


@pytest.fixture
def places() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def settled(text: str, words: dict[str, str]) -> str:
    """A transcript without what differs from run to run, such as lines that a bar stood in."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n").replace("\r", "\n")
    for word, settled_word in words.items():
        text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", settled_word, text)
    text = re.sub(r"nowhere-[0-9a-f]+", "nowhere", text)
    text = re.sub(r"\d+(?:\.\d)? (s|giây|秒)(?![A-Za-z])", r"N \1", text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())
