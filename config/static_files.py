"""Static files in production: hashed, compressed, and the scripts of a page in one file.

Here the modules in static/js stay as many small files as they are. `collectstatic` bundles each module that a template names, or
another module loads on demand with `import()`, with all it imports. What two of these need on one page stays a file of its
own, named by its hash as well, so that a page never has a module twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

FOLDER = "js/"
NAMED = re.compile(r"""{% static ["']js/([\w-]+\.js)["'] %}""")
USED = re.compile(r"""{% (?:extends|include) ["']([\w/.-]+)["']""")
IMPORTED = re.compile(r"""(?m)^(?:import|export)\b\s*(?:[^"';]*?\bfrom\s*)?["']\./([\w-]+\.js)["']""")
ON_DEMAND = re.compile(r"""\bimport\(\s*["']\./([\w-]+\.js)["']\s*\)""")
#: what is loaded on demand, and what two bundles share, is imported by its hashed name
HASHED = (r"""(?P<matched>(?P<how>\b(?:from|import)\s*\(?\s*)["'](?P<url>\./[\w-]+\.js)["'])""", """%(how)s"%(url)s\"""")


class BundlingStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, with bundles in place of modules."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, (f"{FOLDER}*.js", (HASHED,)))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            modules = {
                name.removeprefix(FOLDER): Path(storage.path(path)) for name, (storage, path) in paths.items() if _is_ours(name)
            }
            bundles = bundle(modules, pages(settings.BASE_DIR / "templates"))
            paths = {name: found for name, found in paths.items() if not _is_ours(name)}
            for name, text in bundles.items():
                self.delete(FOLDER + name)
                self._save(FOLDER + name, ContentFile(text))
                paths[FOLDER + name] = (self, FOLDER + name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _is_ours(name: str) -> bool:
    return name.startswith(FOLDER) and name.endswith(".js")


def pages(folder: Path) -> list[set[str]]:
    """For each template, the modules that it names, or one that it extends or includes does: what may meet on a page."""
    texts = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}
    used = {name: {other for other in USED.findall(text) if other in texts} for name, text in texts.items()}
    return [{entry for part in _reached(name, used) for entry in NAMED.findall(texts[part])} for name in texts]


def bundle(modules: Mapping[str, Path], pages: Iterable[set[str]]) -> dict[str, str]:
    """The files to publish, by name: each entry, what is loaded on demand, and what several of these import on one page.

    `modules` are all there are, by name; they import each other as "./name.js". Raises KeyError for one that is not there, and
    jsmeld's error for one that is not JavaScript.
    """
    import jsmeld  # a compiled bundler that nothing but `collectstatic` needs

    texts = {name: path.read_text() for name, path in modules.items()}
    imports = {name: set(IMPORTED.findall(text)) for name, text in texts.items()}
    published: set[str] = set()
    for entries in pages:
        roots = _with_on_demand(entries, imports, texts)
        needed = Counter(name for root in roots for name in _reached(root, imports))
        published |= roots | {name for name, count in needed.items() if count > 1}
    return {
        name: jsmeld.bundle(
            str(modules[name]),
            {
                "minify": True,
                "target": "es2022",
                "source_map": False,
                "externals": [f"./{other}" for other in sorted(published - {name})],
            },
        )
        for name in sorted(published)
    }


def _with_on_demand(entries: set[str], imports: Mapping[str, set[str]], texts: Mapping[str, str]) -> set[str]:
    roots, waiting = set(entries), list(entries)
    while waiting:
        found = {name for module in _reached(waiting.pop(), imports) for name in ON_DEMAND.findall(texts[module])} - roots
        roots |= found
        waiting += found
    return roots


def _reached(entry: str, imports: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {entry}, [entry]
    while waiting:
        new = imports[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached
