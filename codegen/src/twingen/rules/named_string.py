"""Strings that contain a name are renamed, in the calls that the project lists.

The key `strings` of the configuration lists functions and methods, as in
`strings = ["unittest.mock.patch", "builtins.getattr"]`. Methods of known classes may be
listed too (`pytest.MonkeyPatch.setattr`). In their arguments, a dotted path is
converted like an import, and a single word like a member of the object before it.

These strings are renamed without being listed:

- the category and the module of `pytest.mark.filterwarnings()`;
- names that the sources define, in a comparison with `cls.__name__`, in
  `globals()["AsyncClient"]` and similar expressions, and as keys of collections that
  `cls.__name__` is looked up in; in other places of such a project they are refused;
- paths of the project's own modules (`"mylib._async.client:AsyncClient"`), and private
  names of its classes (`"_AsyncClient__x"`);
- members of a mock (`spec=["aclose"]`, `**{"aclose.return_value": 1}`,
  `attach_mock(m, "aclose")`), of `__slots__` and of `__match_args__`, and names that
  the `__getattr__` of a class compares;
- in trees with `texts = true`, every word of every string, and `__aexit__`. This is
  for tests that compare a `repr()`.

These are refused if the twin has another name and the function is not listed:

- `getattr(x, "aclose")` and similar functions, `operator.methodcaller("aclose")`,
  `x.__dict__["aclose"]`, `"aclose" in vars(x)`;
- `"__aenter__"` in a comparison, or as a member in a call of `type()`;
- the fields of a `namedtuple()`;
- paths that are passed to `patch()`, `import_module()` and other functions for paths.

`hasattr(x, "aclose")` and `getattr(x, "aclose", None)` distinguish objects. If the
class of the object is not known, they are refused even if they are listed, because
other objects have a `close` as well. `hasattr(x, "close")` is refused if `x` may be an
object that has a `close` only in the twin.

With `tasks = "turns"`, a test may replace a function of asyncio by its path
(`patch("asyncio.sleep")`). All code that uses `asyncio.sleep` then looks it up in a
module of the runtime, and the path becomes the path of that module.

Other strings are left as they are.
"""

from __future__ import annotations

import re
from typing import Any

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.calls.mocks_and_namespaces import makes_mock
from ..analysis.calls.patched_functions import is_patched
from ..analysis.symbols.async_protocols import DUNDERS
from ..analysis.symbols.fixtures import names_fixtures
from ..analysis.symbols.names import Names
from ..analysis.symbols.names_in_strings import (
    collection_asked,
    is_compared_with_name,
    namespace_asked,
    twin_of_mangled,
)
from ..analysis.types.instance_tests import kinds_of, may_become, only_checks
from ..analysis.types.merged_members import Members
from ..analysis.types.protocol_tests import member_asked
from ..analysis.types.string_literals import (
    BY_PATH,
    function_by_fixtures,
    is_asked_for,
    is_docstring,
    is_export,
    is_type,
)
from ..diagnostics.refusal import Refused
from ..syntax.nodes import targets_of, text_of, with_contents
from ..syntax.prose_rewriting import rename_words
from .rule import Site, rewrite
from .shared.renamed_methods import twin_of_member, twin_of_method, twin_of_path

_BY_NAME = {f"builtins.{verb}attr" for verb in ("get", "has", "set", "del")}
_BY_NAME |= {"unittest.mock.patch.object"}
# `pkg.module`, `pkg.module:name` and what begins so: `pkg.module.`.
_PATH = re.compile(r"(?P<path>\w+(?:\.\w+)+)(?:(?P<colon>[:.])(?P<rest>\w*))?")
# Of these, those that may be given an object and a name.
_OF_OBJECTS = {"pytest.MonkeyPatch.setattr", "pytest.MonkeyPatch.delattr"}
# These are given the names alone.
_OF_OPERATOR = {"operator.attrgetter", "operator.methodcaller"}
_NAMESPACES = {"builtins.dir", "builtins.vars"}
_ASKED = {"__delattr__", "__getattr__", "__getattribute__", "__setattr__"}
_TUPLES = {"collections.namedtuple", "typing.NamedTuple"}


@rewrite("TW233", cst.SimpleString, cst.FormattedStringText)
def rename_in_string(
    site: Site[cst.SimpleString | cst.FormattedStringText],
) -> cst.SimpleString | cst.FormattedStringText | None:
    old = site.old
    if isinstance(old, cst.FormattedStringText):
        return _begun_path(site, old.value) or _text(site)
    arg = site.names.parent(old)
    call = site.names.parent(arg) if isinstance(arg, cst.Arg) else None
    function = (
        function_by_fixtures(site.names, call.func)
        if isinstance(call, cst.Call)
        else None
    )
    if function == "pytest.mark.filterwarnings":
        return _warning(site, old)
    listed = function in site.libraries.strings
    if not (listed or function in _BY_NAME | _OF_OPERATOR | BY_PATH):
        _check_protocol(site, old)
        _check_field(site, old)
        _check_namespace(site, old)
        return (
            _fixtures(site, old)
            or _own_name(site, old)
            or _members(site, old)
            or _text(site)
        )
    if listed and function is not None:
        site.libraries.used.add(function)
    text = text_of(old)
    if site.tasks == "turns" and function == "builtins.hasattr" and text in DUNDERS:
        return None  # see `protocol_test`
    if not isinstance(text, str) or not all(map(str.isidentifier, text.split("."))):
        return _own_path(site, old)
    assert isinstance(call, cst.Call)
    followed = _private(site, old) or (None if listed else _own_path(site, old))
    if followed is not None:
        return followed
    if function in _OF_OPERATOR:
        names_it = function == "operator.attrgetter" or arg is call.args[0]
        twin = twin_of_path(site, text) if names_it else None
    elif listed or function in _BY_NAME | _OF_OBJECTS:
        twin = twin_of_member(site, call.args[0].value, text)
    else:
        twin = None
    by_path = listed or function in BY_PATH
    twin = _twin_of_path(site, text) or twin if by_path else twin
    if _is_question(call, function, arg):
        _check_question(site, call, text, twin or text)
    if twin is None or twin == text:
        return None
    if not listed and not (by_path and site.names.definitions.module_of(text)):
        raise Refused(
            f"this looks up {text} by name, which is {twin} in the twin",
            f'list the function: strings = ["{function}"]',
        )
    return with_contents(old, twin)


def _is_question(call: cst.Call, function: str | None, arg: cst.CSTNode | None) -> bool:
    """Recognize `hasattr(x, "y")` and `getattr(x, "y", None)`."""
    if len(call.args) < 2 or call.args[1] is not arg:
        return False
    return function == "builtins.hasattr" or (
        function == "builtins.getattr" and len(call.args) == 3
    )


def _check_question(site: Site[Any], call: cst.Call, text: str, twin: str) -> None:
    """Refuse a question that has another answer in the twin."""
    names, value = site.names, call.args[0].value
    if only_checks(names, call):
        return
    if site.tasks == "turns" and member_asked(names, call) is not None:
        return  # see `protocol_test`
    kinds = kinds_of(names, value)
    if kinds is None and names.imported(value):
        return  # a module, or what is in one
    marked = "mark the branches `# twingen: async-only` and `# twingen: sync-only`"
    if twin == text:
        if site.libraries.may_be_twin(text) and may_become(
            names, site.libraries, value, text
        ):
            raise Refused(
                f"this looks up {text} by name, which objects of the sources may have "
                "only in the twin",
                f"annotate the object with its class, or {marked}",
            )
        return
    if kinds is None or not all(_has_both(site, each, text, twin) for each in kinds):
        raise Refused(
            f"this distinguishes objects by {text}, which is {twin} in the twin, and "
            "other objects may have that, too",
            f"annotate the object with a class that has {text}, or {marked}",
        )


def _has_both(site: Site[Any], owner: str, name: str, twin: str) -> bool:
    """Return whether a class has a member, and its twin the new one."""
    definitions = site.names.definitions
    if owner not in definitions.classes:
        return True
    members = Members(definitions, site.libraries, owner)
    return members.holder(name) is not None or members.holder(twin) is None


def _own_name(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return a string that names what the sources define, where that shows."""
    renames, names = site.libraries.renames, site.names
    text = text_of(string)
    if renames is None or not isinstance(text, str) or _is_of_others(site, string):
        return None
    found = _private(site, string) or _own_path(site, string)
    twin = renames.words().get(text)
    if found is not None or twin is None:
        return found
    collection = collection_asked(names, string)
    keyed = names.definitions.keyed
    last = get_full_name_for_node(collection) if collection is not None else None
    is_key = last is not None and last.rpartition(".")[2] in keyed
    if (
        is_key
        or namespace_asked(names, string) is not None
        or is_compared_with_name(names, string)
    ):
        return with_contents(string, twin)
    if keyed and renames.texts_of(names.module) is None:
        raise Refused(
            f"the project looks up classes by their names, and this may name {text}, "
            f"which is {twin} in the twin",
            f"write {text}.__name__ if this is the name of the class",
        )
    return None


def _fixtures(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return a string of pytest's with the fixtures that it names."""
    renames, known = site.libraries.renames, site.names.definitions.fixtures
    text = text_of(string)
    if renames is None or not known or not isinstance(text, str):
        return None
    every = renames.words()
    words = {each: every[each] for each in known if each in every}
    found = [each.strip() in words for each in text.split(",")]
    if not any(found) or not names_fixtures(site.names, string):
        return None
    return string.with_changes(value=rename_words(string.value, words))


def _warning(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return `action:message:category:module` with the names that the twin has."""
    text = text_of(string)
    parts = text.split(":") if isinstance(text, str) else []
    for at in range(2, min(len(parts), 4)):
        if _PATH.fullmatch(parts[at]):
            parts[at] = _twin_of_path(site, parts[at]) or parts[at]
    twin = ":".join(parts)
    return with_contents(string, twin) if parts and twin != text else None


def _private(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return a string that is the private name of a class, as the twin has it."""
    renames, text = site.libraries.renames, text_of(string)
    if renames is None or not isinstance(text, str):
        return None
    twin = twin_of_mangled(text, renames.words())
    return None if twin is None else with_contents(string, twin)


def _own_path(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return a string that is a path of the project's modules, or begins as one."""
    text = text_of(string)
    found = _PATH.fullmatch(text) if isinstance(text, str) else None
    if found is None or _is_of_others(site, string) or _is_printed(site, string):
        return None
    separator, rest = found["colon"] or "", found["rest"] or ""
    twin = _twin_of_own_path(site, found["path"], separator, rest)
    return None if twin is None or twin == text else with_contents(string, twin)


def _twin_of_own_path(
    site: Site[Any], path: str, separator: str, rest: str
) -> str | None:
    """Return `path:name` in the twin, `None` if it is none of the project's."""
    known, renames = site.names.definitions, site.libraries.renames
    home = known.module_of(path)
    if home is None or "." not in path or home not in known.modules:
        return None
    members = path[len(home) + 1 :].split(".") if path != home else []
    own = f"{home}.{members[0]}" if members else ""
    if own and own not in known.classes and own not in known.coroutines:
        return None
    first = [*members, *filter(None, [rest])][:1]
    twins = [renames.local(each) if renames else each for each in first]
    if members:
        members[0] = twins[0]
    elif twins:
        rest = twins[0]
    return ".".join([known.modules[home], *members]) + separator + rest


def _begun_path(site: Site[Any], text: str) -> cst.FormattedStringText | None:
    """Return the text that a path of the project's modules begins with."""
    formatted = site.names.parent(site.old)
    begins = (
        isinstance(formatted, cst.FormattedString) and formatted.parts[0] is site.old
    )
    found = _PATH.fullmatch(text) if begins else None
    if found is None:
        return None
    separator, rest = found["colon"] or "", found["rest"] or ""
    twin = _twin_of_own_path(site, found["path"], separator, rest)
    changed: cst.FormattedStringText = site.new.with_changes(value=twin)
    return None if twin is None or twin == text else changed


def _is_of_others(site: Site[Any], string: cst.SimpleString) -> bool:
    """Recognize a string that other rules look at, or the texts of a tree."""
    names = site.names
    renames = site.libraries.renames
    if renames is not None and renames.texts_of(names.module) is not None:
        return True
    places = is_docstring, is_export, is_type, is_asked_for
    return any(place(names, string) for place in places)


def _is_printed(site: Site[Any], string: cst.SimpleString) -> bool:
    arg = site.names.parent(string)
    call = site.names.parent(arg) if isinstance(arg, cst.Arg) else None
    return isinstance(call, cst.Call) and (
        site.names.qualified(call.func) == "builtins.print"
    )


def _check_protocol(site: Site[Any], string: cst.SimpleString) -> None:
    """Refuse the name of an asynchronous protocol's method where it is asked for.

    That is in a comparison, and in the members that `type()` gives to a class.
    """
    text = text_of(string)
    if not (isinstance(text, str) and text in DUNDERS):
        return
    parent = site.names.parent(string)
    compared = isinstance(parent, (cst.Comparison, cst.ComparisonTarget))
    if compared or (isinstance(parent, cst.DictElement) and parent.key is string):
        call = site.names.enclosing(string, cst.Call)
        made = call is not None and site.names.qualified(call.func) == "builtins.type"
        if compared or made:
            raise Refused(
                f"this names {text}, which is {DUNDERS[text]} in the twin",
                (
                    "write a class statement"
                    if made
                    else 'ask with getattr() and strings = ["builtins.getattr"]'
                )
                + ", or mark the code `# twingen: async-only`",
            )


def _members(site: Site[Any], string: cst.SimpleString) -> cst.SimpleString | None:
    """Return a string that names attributes of a mock, or of objects of a class."""
    text = text_of(string)
    if not isinstance(text, str) or not all(map(str.isidentifier, text.split("."))):
        return None
    twin = twin_of_path(site, text)
    places = _is_of_mock, _is_attached, _is_of_class, _is_asked_of_class
    if twin == text or not any(place(site, string) for place in places):
        return None
    return with_contents(string, twin)


def _is_of_mock(site: Site[Any], string: cst.SimpleString) -> bool:
    """Recognize `spec=["x"]` and `**{"x.return_value": y}` of a mock."""
    item = site.names.parent(string)
    holder = site.names.parent(item) if item is not None else None
    arg = site.names.parent(holder) if holder is not None else None
    if not isinstance(arg, cst.Arg) or not makes_mock(
        site.names, site.names.parent(arg)
    ):
        return False
    if isinstance(item, cst.DictElement):
        return item.key is string and arg.star == "**"
    keyword = arg.keyword.value if arg.keyword else ""
    return isinstance(item, cst.Element) and keyword in ("spec", "spec_set")


def _is_attached(site: Site[Any], string: cst.SimpleString) -> bool:
    """Recognize the name in `mock.attach_mock(other, "x")`."""
    arg = site.names.parent(string)
    call = site.names.parent(arg) if isinstance(arg, cst.Arg) else None
    if not (isinstance(arg, cst.Arg) and isinstance(call, cst.Call)):
        return False
    function = call.func
    attaches = (
        isinstance(function, cst.Attribute) and function.attr.value == "attach_mock"
    )
    keyword = arg.keyword.value if arg.keyword else ""
    return attaches and (keyword == "attribute" or arg in call.args[1:2])


def _is_asked_of_class(site: Site[Any], string: cst.SimpleString) -> bool:
    """Recognize a string that `__getattr__` or a similar method compares."""
    compared = site.names.enclosing(string, cst.Comparison)
    function = site.names.enclosing(string, cst.FunctionDef)
    if compared is None or function is None or function.name.value not in _ASKED:
        return False
    is_method = isinstance(
        site.names.enclosing(function, cst.ClassDef, cst.FunctionDef), cst.ClassDef
    )
    given = [each.name.value for each in function.params.params[1:2]]
    sides = [compared.left, *(each.comparator for each in compared.comparisons)]
    return is_method and any(
        isinstance(each, cst.Name) and each.value in given for each in sides
    )


def _is_of_class(site: Site[Any], string: cst.SimpleString) -> bool:
    """Recognize a string of `__slots__` or `__match_args__`."""
    function = site.names.enclosing(string, cst.ClassDef, cst.FunctionDef)
    return isinstance(function, cst.ClassDef) and any(
        isinstance(target, cst.Name) and target.value in ("__match_args__", "__slots__")
        for each in site.names.ancestors(string)
        for target in targets_of(each)
    )


def _check_namespace(site: Site[Any], string: cst.SimpleString) -> None:
    """Refuse a member that is asked of `x.__dict__`, `vars(x)` or `dir(x)`."""
    text, value = text_of(string), _namespace_asked(site.names, string)
    if value is None or not isinstance(text, str) or not text.isidentifier():
        return
    twin = DUNDERS.get(text) or twin_of_method(site, value, text)
    if twin is not None and twin != text:
        raise Refused(
            f"this looks up {text} by name, which is {twin} in the twin",
            'ask with getattr() and strings = ["builtins.getattr"], or mark the code '
            "`# twingen: async-only`",
        )


def _namespace_asked(
    names: Names, string: cst.SimpleString
) -> cst.BaseExpression | None:
    """Return the object whose namespace is asked for a string."""
    asked: cst.CSTNode | None = None
    parent = names.parent(string)
    if isinstance(parent, cst.Index):  # x.__dict__["y"]
        subscript = names.enclosing(parent, cst.Subscript)
        asked = subscript.value if subscript is not None else None
    elif isinstance(parent, cst.Comparison):  # "y" in x.__dict__
        asked = parent.comparisons[0].comparator
    elif isinstance(parent, cst.Arg):  # x.__dict__.get("y")
        call = names.parent(parent)
        if (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.args[0] is parent
        ):
            asked = call.func.value
    if isinstance(asked, cst.Attribute) and asked.attr.value == "__dict__":
        return asked.value
    if not (isinstance(asked, cst.Call) and len(asked.args) == 1):
        return None
    of_one = names.qualified(asked.func) in _NAMESPACES
    return asked.args[0].value if of_one else None


def _check_field(site: Site[Any], string: cst.SimpleString) -> None:
    """Refuse the field of a named tuple, which its constructor takes by this name."""
    call = site.names.enclosing(string, cst.Call)
    text = text_of(string)
    if call is None or not isinstance(text, str):
        return
    if site.names.qualified(call.func) not in _TUPLES or call.args[0].value is string:
        return
    fields = text.replace(",", " ").split()
    for field in fields if all(map(str.isidentifier, fields)) else ():
        twin = twin_of_path(site, field)
        if twin != field:
            raise Refused(
                f"the constructor takes this field as {field}=, and the twin calls "
                f"the attribute {twin}",
                f"name it {twin}, or choose a name that stays the same",
            )


def _text(
    site: Site[cst.SimpleString | cst.FormattedStringText],
) -> cst.SimpleString | cst.FormattedStringText | None:
    """Return a string of a tree with `texts = true` with its words renamed."""
    renames, names = site.libraries.renames, site.names
    package = renames.texts_of(names.module) if renames else None
    if renames is None or package is None:
        return None
    if any(place(names, site.old) for place in (is_docstring, is_export, is_type)):
        return None
    text = renames.text(package, site.old.value)
    return site.new.with_changes(value=text) if text != site.old.value else None


def _twin_of_path(site: Site[Any], text: str) -> str | None:
    """Return the dotted name of a module, or of what is in one, in the twin."""
    definitions = site.names.definitions
    home = definitions.module_of(text)
    if home is not None and home == text:
        return definitions.modules[home]
    if "." not in text:
        return None
    original = definitions.original(text)
    if home is None or is_patched(definitions, original):
        return _twin_in_library(site, original)
    if original != text:
        if _is_untouched(site, original):
            return f"{definitions.modules[home]}{text[len(home):]}"
        raise Refused(
            f"the name of {text[len(home) + 1:]} in the twin of {home} is not known, "
            "because it comes from another library",
            "name it where it is defined, or mark the code `# twingen: async-only`",
        )
    first, *members = text[len(home) + 1 :].split(".")
    return _twin_of_members(site, f"{home}.{first}", members)


def _is_untouched(site: Site[Any], path: str) -> bool:
    """Recognize library names without a row, which the twin imports as well."""
    if site.names.definitions.module_of(path) is not None:
        return False
    parts = path.split(".")
    above = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    libraries = site.libraries
    return not any(libraries.verdict(e) or libraries.is_closed(e) for e in above)


def _twin_in_library(site: Site[Any], path: str) -> str | None:
    """Return what a library has in the twin, or a member of what it has."""
    owner, members = path, list[str]()
    while "." in owner:
        verdict = site.libraries.verdict(owner)
        if verdict is not None and not verdict.keep:
            return _twin_of_members(site, owner, members)
        owner, _, member = owner.rpartition(".")
        members.insert(0, member)
    return None


def _twin_of_members(site: Site[Any], owner: str, members: list[str]) -> str | None:
    """Return a dotted name whose beginning, `owner`, may have another in the twin."""
    libraries = site.libraries
    verdict = libraries.verdict(owner)
    if verdict is None:
        return None
    becomes = verdict.becomes
    is_of_runtime = becomes.startswith("twingen.runtime.")
    known = owner in libraries.own or is_patched(site.names.definitions, owner)
    looked_up = not (members or known)
    if not becomes or (is_of_runtime and looked_up):
        raise Refused(
            f"{'.'.join([owner, *members])} has several names in the twin",
            "mark the code `# twingen: async-only`",
        )
    if is_of_runtime:
        # A class is the same wherever it is imported. Of another name, the
        # author of the row knows what looks it up there.
        becomes = ".".join(site.imports.in_place(becomes))
    own = libraries.own_methods
    for member in members[:1]:
        found = own.twin_of(owner, member) if own else None
        members[0] = found or libraries.method(member) or member
    members = [DUNDERS.get(member, member) for member in members]
    return ".".join([becomes, *members])
