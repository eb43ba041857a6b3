"""From many modules to the few files a page loads in production."""

from __future__ import annotations

import re

import pytest

from config.static_files import bundle, pages


@pytest.fixture
def modules(tmp_path):
    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text)
        return {f"{name}.js": tmp_path / f"{name}.js" for name in texts}

    return write


def test_an_entry_is_published_with_all_it_imports_and_nothing_else_is(modules):
    found = modules(
        page='import { one } from "./middle.js";\nconsole.log(one);',
        middle='export {\n  one,\n} from "./deep.js";\nimport "./effect.js";',
        deep='export const one = Math.random() + "from deep";',
        effect='document.title = "from effect";',
        unused='console.log("unused");',
    )
    published = bundle(found, [{"page.js"}])
    assert list(published) == ["page.js"]
    assert "from deep" in published["page.js"]
    assert "from effect" in published["page.js"]
    assert not re.search(r"""["']\./""", published["page.js"])


def test_what_is_loaded_on_demand_stays_a_file_of_its_own(modules):
    found = modules(
        page='export const open = async () => (await import("./later.js")).open();',
        later='import { word } from "./word.js";\nexport const open = () => console.log(word);',
        word='export const word = "late";',
    )
    published = bundle(found, [{"page.js"}])
    assert set(published) == {"page.js", "later.js"}
    assert 'import("./later.js")' in published["page.js"]
    assert "late" in published["later.js"]


def test_what_two_files_import_exists_once_so_that_its_state_does(modules):
    found = modules(
        page='import { state } from "./state.js";\nimport { more } from "./more.js";\nstate.n = more;\nimport("./later.js");',
        later='import { state } from "./state.js";\nconsole.log(state.n);',
        other='import { more } from "./more.js";\nconsole.log(more);',
        more="export const more = String.raw`more`;",
        state="export const state = { n: 0 };",
    )
    published = bundle(found, [{"page.js", "other.js"}])
    assert set(published) == {"page.js", "other.js", "later.js", "state.js", "more.js"}
    assert [name for name, text in published.items() if re.search(r"n:\s*0", text)] == ["state.js"]
    for name in ("page.js", "later.js"):
        assert re.search(r'from\s*"\./state\.js"', published[name])


def test_a_module_that_is_not_there_or_not_javascript_stops_the_build(modules):
    with pytest.raises(KeyError, match=r"nowhere\.js"):
        bundle(modules(page='import "./nowhere.js";'), [{"page.js"}])
    with pytest.raises(Exception, match="Compilation error"):
        bundle(modules(page="const = ;("), [{"page.js"}])


def test_what_two_pages_import_is_in_the_bundle_of_each(modules):
    found = modules(
        one='import { word } from "./word.js";\nconsole.log(1, word);',
        two='import { word } from "./word.js";\nconsole.log(2, word);',
        word='export const word = String("shared");',
    )
    published = bundle(found, [{"one.js"}, {"two.js"}])
    assert set(published) == {"one.js", "two.js"}
    assert all("shared" in text for text in published.values())


def test_what_a_template_names_extends_and_includes_meets_on_its_page(tmp_path):
    templates = {
        "base.html": """<script src="{% static 'django_htmx/htmx-4.min.js' %}" defer></script>{% static 'js/base.js' %}""",
        "deep/page.html": """{% extends "base.html" %}{% static 'js/page.js' %}{% include "_part.html" with a=1 %}""",
        "_part.html": """{% static "js/part.js" %}{% include "of_a_package.html" %}""",
        "deep/other.html": """{% extends "base.html" %}""",
    }
    for name, text in templates.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = pages(tmp_path)
    assert len(found) == len(templates)
    assert {"base.js", "page.js", "part.js"} in found
    assert {"base.js"} in found
