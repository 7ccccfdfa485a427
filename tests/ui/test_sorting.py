from __future__ import annotations

from bntui.ui.choices import Choices
from bntui.ui.sorting import LIST_ORDER, Sorting


def test_at_first_rows_stand_in_the_list_s_own_order() -> None:
    sorting = Sorting(Choices())
    assert (sorting.column, sorting.descending) == (LIST_ORDER, False)


def test_the_sorting_of_the_last_run_is_taken_up_again() -> None:
    kept: dict[str, str] = {}
    Sorting(Choices(keep=kept.__setitem__)).by("change", True)
    sorting = Sorting(Choices(kept))
    assert (sorting.column, sorting.descending) == ("change", True)
