"""The catalogues of translations, and the strings that customers read in modules and templates."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

LANGUAGES: Final = ("de", "fr", "ar")
ROOT: Final = Path(settings.BASE_DIR)
CUSTOMER_PATHS = (
    "feedback/actions/converse_steps.py",
    "feedback/answering/",
    "feedback/templates/feedback/answering/",
    "surveys/actions/inbound.py",
    "surveys/actions/stop_messages.py",
    "surveys/preferences/",
    "surveys/question_kinds/",
    "surveys/rendering/",
    "surveys/replies/asking.py",
    "surveys/templates/surveys/gone.html",
    "surveys/templates/surveys/mail/",
    "surveys/templates/surveys/preferences/",
    "surveys/templates/surveys/public_page.html",
    "surveys/templates/surveys/questions/",
    "surveys/templates/surveys/too_many_links.html",
    "cxsurvey/lib/secret_pages.py",
    "cxsurvey/templates/400.html",
    "cxsurvey/templates/403.html",
    "cxsurvey/templates/404.html",
    "cxsurvey/templates/500.html",
    "cxsurvey/templates/cxsurvey/start.html",
)
NAMES: Final = re.compile(r"%\((\w+)\)s")


@dataclass
class Entry:
    """One message of a catalogue."""

    msgid: str = ""
    plural: str = ""
    translations: dict[int, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def is_for_customers(self) -> bool:
        return any(place.startswith(CUSTOMER_PATHS) for place in self.places)

    @property
    def is_translated(self) -> bool:
        return bool(self.translations) and all(self.translations.values()) and not self.fuzzy


def folder(language: str) -> Path:
    return ROOT / "cxsurvey" / "locale" / language / "LC_MESSAGES"


def entries(language: str) -> list[Entry]:
    """The messages of a .po file, without its header."""
    blocks = (folder(language) / "django.po").read_text(encoding="utf-8").strip().split("\n\n")
    return [entry for entry in map(entry_of, blocks) if entry.msgid]


def entry_of(block: str) -> Entry:
    """One block of lines, as gettext writes it."""
    entry, key = Entry(), ""
    texts: dict[str, str] = {}
    for line in block.splitlines():
        if line.startswith("#"):
            entry.places += line[2:].split() if line.startswith("#:") else []
            entry.fuzzy = entry.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        name, _blank, text = line.partition('"')
        key = name.strip() or key  # a line of text alone goes on with the one before
        texts[key] = texts.get(key, "") + ast.literal_eval(f'"{text}')
    entry.msgid, entry.plural = texts.get("msgid", ""), texts.get("msgid_plural", "")
    forms = {name: text for name, text in texts.items() if name.startswith("msgstr")}
    entry.translations = {int(name[7:-1] or 0): text for name, text in forms.items()}
    return entry


def customer_files() -> Iterator[Path]:
    for place in CUSTOMER_PATHS:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())


def messages_of(path: Path) -> set[str]:
    """Every msgid in a module or a template."""
    if path.suffix == ".py":
        return python_messages(path.read_text(encoding="utf-8"))
    return template_messages(path.read_text(encoding="utf-8")) if path.suffix in (".html", ".txt") else set()


def python_messages(source: str) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
    marked = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in named]
    return {str(first.value) for first in marked if isinstance(first, ast.Constant)}


def template_messages(source: str) -> set[str]:
    nodes = Template(source).nodelist
    found: list[Any] = [*nodes.get_nodes_by_type(TranslateNode), *nodes.get_nodes_by_type(BlockTranslateNode)]
    plain = {str(node.filter_expression.var.literal) for node in found if isinstance(node, TranslateNode)}
    blocks = {node.render_token_list(node.singular)[0] for node in found if isinstance(node, BlockTranslateNode)}
    return plain | blocks
