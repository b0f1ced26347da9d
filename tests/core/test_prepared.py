"""What is remembered of prepared statements."""

from __future__ import annotations

import pytest

from pgtwin.core import prepared_statements
from pgtwin.core.prepared_statements import PreparedStatements, is_console

ONE, TWO, THREE = ((text, ()) for text in (b"SELECT 1", b"SELECT 2", b"SELECT 3"))


def test_due_after_executions() -> None:
    statements = PreparedStatements(threshold=2)
    for _ in range(2):
        assert not statements.due(ONE)
        statements.count(ONE)
    assert statements.due(ONE)
    assert not statements.due(TWO)
    assert not statements.due((b"SELECT 1", (23,)))
    statements.limit = 0
    assert not statements.due(ONE)
    statements.limit, statements.threshold = 10, None
    assert not statements.due(ONE)


def test_longest_uncounted_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_statements, "COUNTED", 2)
    statements = PreparedStatements(threshold=1)
    for key in (ONE, TWO, ONE, THREE):
        statements.count(key)
    assert [statements.due(key) for key in (ONE, TWO, THREE)] == [True, False, True]


def test_names_of_statements_are_unique() -> None:
    one, other = PreparedStatements(), PreparedStatements()
    names = {one.new_name(), one.new_name(), other.new_name(), other.new_name()}
    assert len(names) == 4
    assert all(name.startswith(b"pgtwin_") for name in names)


def test_longest_unused_is_retired() -> None:
    statements = PreparedStatements(limit=2)
    for number, key in enumerate((ONE, TWO)):
        statements.add(key, b"%d" % number, False)
    assert statements.find(ONE) is not None
    statements.add(THREE, b"2", False)
    assert list(statements.retired) == [b"1"]
    assert len(statements) == 2
    statements.limit = 1
    assert list(statements.retired) == [b"1", b"0"]
    statements.limit = None
    for number in range(200):
        statements.add((b"SELECT %d" % number, ()), b"n%d" % number, False)
    assert len(statements) == 200


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        (b"SELECT 1", True),
        (b" -- a\n/* b */ (select 1)", True),
        (b"INSERT INTO a VALUES (1) RETURNING 1", True),
        (b"FETCH 1 FROM a", False),
        (b"EXECUTE a", False),
        (b"SELECTED", False),
    ],
)
def test_statements_with_a_plan(text: bytes, certain: bool) -> None:
    assert PreparedStatements().add((text, ()), b"a", False).certain is certain


def test_rolled_back() -> None:
    statements = PreparedStatements()
    statements.add(ONE, b"1", False)
    statements.add(TWO, b"2", True)
    statements.add(THREE, b"3", True).awaited = True
    statements.note(b"ROLLBACK")
    assert statements.find(ONE) is not None
    assert statements.find(TWO) is None
    assert list(statements.retired) == [b"2"]
    kept = statements.find(THREE)
    assert kept is not None
    kept.awaited = False
    statements.note(b"ROLLBACK")
    assert list(statements.retired) == [b"2", b"3"]
    statements.note(b"ROLLBACK")
    assert list(statements.retired) == [b"2", b"3"]


def test_statements_after_commit_and_rollback() -> None:
    statements = PreparedStatements()
    statements.add(ONE, b"1", True)
    statements.add(TWO, b"2", True).awaited = True
    statements.note(b"COMMIT")
    statements.note(b"ROLLBACK")
    assert statements.find(ONE) is not None
    kept = statements.find(TWO)
    assert kept is not None
    kept.awaited = False
    statements.note(b"ROLLBACK")
    assert list(statements.retired) == [b"2"]


@pytest.mark.parametrize("tag", [b"DISCARD ALL", b"DEALLOCATE ALL"])
def test_discarded(tag: bytes) -> None:
    statements = PreparedStatements(threshold=1)
    statements.add(ONE, b"1", True)
    statements.add(TWO, b"2", True).awaited = True
    statements.count(THREE)
    statements.retire(ONE)
    statements.note(tag)
    assert not statements.retired
    assert not statements.due(THREE)
    assert statements.find(ONE) is None
    assert statements.find(TWO) is not None
    statements.note(b"ROLLBACK")
    assert not statements.retired


@pytest.mark.parametrize("tag", [b"DROP TABLE", b"ALTER TABLE"])
def test_objects_changed(tag: bytes) -> None:
    statements = PreparedStatements(threshold=1)
    statements.add(ONE, b"1", False)
    statements.count(TWO)
    for harmless in (b"SELECT 1", b"INSERT 0 1", b"DISCARD TEMP", b"SET"):
        statements.note(harmless)
    assert statements.find(ONE) is not None
    statements.note(tag)
    assert list(statements.retired) == [b"1"]
    assert statements.due(TWO)


def test_not_prepared_after_all() -> None:
    statements = PreparedStatements()
    statements.add(ONE, b"1", False)
    statements.forget(ONE, b"1")
    assert statements.find(ONE) is None
    assert not statements.retired
    statements.add(ONE, b"2", False)
    statements.forget(ONE, b"1")  # of an earlier time, and closed meanwhile
    assert statements.find(ONE) is not None
    statements.retire_name(b"1")
    assert not statements.retired
    statements.retire_name(b"1")
    assert list(statements.retired) == [b"1"]
    statements.forget(TWO, b"1")
    assert not statements.retired


def test_console() -> None:
    assert is_console(b"1.25.0/bouncer")
    assert not is_console(b"18.1")
    assert not is_console(None)


def filled() -> PreparedStatements:
    statements = PreparedStatements(limit=2)
    for key in (ONE, TWO):
        statements.add(key, statements.new_name(), in_transaction=True)
    return statements


def test_longest_unused_goes() -> None:
    statements = filled()
    for key in (ONE, ONE, TWO, ONE, ONE):
        assert statements.find(key)
    statements.add(THREE, statements.new_name(), in_transaction=False)
    assert statements.find(ONE)
    assert not statements.find(TWO)
    assert statements.find(THREE)


def test_latest_is_forgotten() -> None:
    statements = filled()
    for _ in range(2):
        found = statements.find(ONE)
        assert found is statements.latest is not None
    statements.retire(ONE)
    assert not statements.find(ONE)
    found = statements.find(TWO)
    assert found
    statements.forget(TWO, found.name)
    assert not statements.find(TWO)
    for tag in (b"ROLLBACK", b"DISCARD ALL", b"ALTER TABLE"):
        statements = filled()
        assert statements.find(ONE)
        statements.note(tag)
        assert not statements.find(ONE)


def test_latest_without_threshold() -> None:
    statements = filled()
    assert statements.find(ONE)
    statements.threshold = None
    assert not statements.find(ONE)
    statements.add(THREE, statements.new_name(), in_transaction=False)
    assert not statements.find(THREE)
    statements.threshold = 0
    assert statements.find(THREE)


def test_latest_of_other_types() -> None:
    statements = filled()
    assert statements.find(ONE)
    assert not statements.find((ONE[0], (23,)))
