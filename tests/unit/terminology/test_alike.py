"""A name that nobody knows is answered with the nearest, never with a list that nobody reads."""

from __future__ import annotations

from engine.terminology.alike import did_you_mean

MANY = [f"profile-{each}" for each in ("acute-kidney-injury", "addison", "on-lithium", "on-warfarin")] + [
    f"profile-of-{number}" for number in range(60)
]
LISTED = "List them by: x"


def test_few_names_are_all_told_in_their_order_the_nearest_first() -> None:
    assert did_you_mean("gut", ["gout", "copd"]) == 'Did you mean "gout"? The choices are: gout, copd.'
    assert did_you_mean("xyz", ["gout", "copd"]) == "The choices are: gout, copd."


def test_of_many_only_those_that_look_like_it_are_told_and_what_lists_them() -> None:
    said = did_you_mean("kidny", MANY, listed_by=LISTED)
    assert said == 'Did you mean "profile-acute-kidney-injury"? There are 64. List them by: x'


def test_what_all_names_begin_with_need_not_be_written() -> None:
    for written in ("adison", "profile-adison"):
        assert did_you_mean(written, MANY, listed_by=LISTED).startswith('Did you mean "profile-addison"?')


def test_a_shorter_name_with_the_same_words_comes_first() -> None:
    names = [*MANY, "profile-mechanical-valve-on-warfarin"]
    said = did_you_mean("warfarin", names, listed_by=LISTED)
    assert said.startswith(
        'Did you mean "profile-on-warfarin" or "profile-mechanical-valve-on-warfarin"? There are 65.'
    )


def test_where_none_is_alike_it_is_said_how_many_there_are_and_what_lists_them() -> None:
    assert did_you_mean("xqz", MANY, listed_by=LISTED) == "None of 64 looks like it. List them by: x"


def test_where_nothing_lists_them_they_are_told_all_the_same() -> None:
    for written in ("xqz", "profile-adison"):
        assert MANY[-1] in did_you_mean(written, MANY)


def test_where_there_is_none_that_is_said() -> None:
    assert did_you_mean("Ada", []) == "There is none yet."
