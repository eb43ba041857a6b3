"""Messages are filled in by what is known; what nobody knows is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.placeholders import KNOWN, fill, lacking_in, unknown_in


def test_what_is_known_is_filled_in():
    text = "Hello {{ contact.name }}, {{customer.name}} renews on {{  customer.renewal_on }}."
    facts = {"contact.name": "Ada", "customer.name": "Acme", "customer.renewal_on": "3 May"}
    assert fill(text, facts) == ("Hello Ada, Acme renews on 3 May.", [])


def test_what_is_unknown_or_lacking_stays_as_it_was_written():
    text = "{{ contact.name }} {{ custmer.name }} {{ custmer.name }} { x } {{}}"
    assert fill(text, {"contact.name": ""}) == (text, ["custmer.name", ""])
    assert lacking_in(text, {"contact.name": ""}) == ["contact.name"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("custmer.name", "{{ custmer.name }} is not known; did you mean customer.name?"),
        ("Customer Name", "{{ Customer Name }} is not known; did you mean customer.name?"),
        ("renewal_on", "{{ renewal_on }} is not known; did you mean customer.renewal_on?"),
        ("zzz", "{{ zzz }} is not known."),
    ],
)
def test_an_unknown_placeholder_is_named_with_what_may_have_been_meant(name, said):
    assert [str(one) for one in unknown_in(f"Hi {{{{ {name} }}}}", f"{{{{ {name} }}}}")] == [said]


def test_a_fact_is_not_looked_through_for_placeholders_again():
    assert fill("{{ customer.name }}", {"customer.name": "{{ member.name }}", "member.name": "Tom"})[0] == "{{ member.name }}"


@given(st.text(), st.dictionaries(st.sampled_from(sorted(KNOWN)), st.text()))
def test_any_text_can_be_filled(text, facts):
    filled, unknown = fill(text, facts)
    assert not set(unknown) & set(KNOWN)
    if "{{" not in text:
        assert filled == text
