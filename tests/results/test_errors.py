from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from results.errors import ExportError, StoreError, StudyExistsError, UnknownStudyError

if TYPE_CHECKING:
    from space.errors import InputError


@pytest.mark.parametrize("kind", [ExportError, StoreError, StudyExistsError, UnknownStudyError])
def test_an_error_survives_pickling_with_all_it_says(kind: type[InputError]) -> None:
    error = kind("study", "it must be free", "digits", "Free: 'digits-2'.")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert (copy.field, copy.rule, copy.value, copy.suggestion) == error.args
