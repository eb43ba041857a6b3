"""From many modules to the few files a page loads in production."""

from __future__ import annotations

import re

import pytest

from config.static_files import bundle, entries


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
    published = bundle(found, {"page.js"})
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
    published = bundle(found, {"page.js"})
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
    published = bundle(found, {"page.js", "other.js"})
    assert set(published) == {"page.js", "other.js", "later.js", "state.js", "more.js"}
    assert [name for name, text in published.items() if re.search(r"n:\s*0", text)] == ["state.js"]
    for name in ("page.js", "later.js"):
        assert re.search(r'from\s*"\./state\.js"', published[name])


def test_a_module_that_is_not_there_or_not_javascript_stops_the_build(modules):
    with pytest.raises(KeyError, match=r"nowhere\.js"):
        bundle(modules(page='import "./nowhere.js";'), {"page.js"})
    with pytest.raises(Exception, match="Compilation error"):
        bundle(modules(page="const = ;("), {"page.js"})


def test_the_modules_that_templates_name_are_the_entries(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.html").write_text("""<script type="module" src="{% static 'js/page.js' %}"></script>""")
    (tmp_path / "base.html").write_text("""<script src="{% static 'django_htmx/htmx-4.min.js' %}" defer></script>""")
    assert entries([tmp_path]) == {"page.js"}
