"""A string that names something follows it, in calls that the project lists.

`strings = ["unittest.mock.patch", "builtins.getattr"]` in the configuration
names the functions, methods of known objects (`pytest.MonkeyPatch.setattr`)
included. A dotted path in a string that they are given is converted as an
import would be; a single word is what the object before it calls its member.
Other strings are left alone.
"""

from __future__ import annotations

import libcst as cst

from ..methods import DUNDERS, twin_of_method
from ..rule import Refused, Site, rewrite


@rewrite("TW233", cst.SimpleString)
def rename_in_string(site: Site[cst.SimpleString]) -> cst.SimpleString | None:
    if not site.libraries.strings:
        return None
    arg = site.names.parent(site.old)
    call = site.names.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or not _is_listed(site, call.func):
        return None
    text = site.old.evaluated_value
    if not isinstance(text, str) or not all(map(str.isidentifier, text.split("."))):
        return None
    twin = _twin_of_path(site, text) or _twin_of_member(site, call, text)
    if twin is None or twin == text:
        return None
    quote = site.old.quote
    return site.new.with_changes(value=f"{site.old.prefix}{quote}{twin}{quote}")


def _is_listed(site: Site[cst.SimpleString], function: cst.BaseExpression) -> bool:
    qualified = site.names.qualified(function)
    if qualified is None and isinstance(function, cst.Attribute):
        qualified = f"{site.names.owner(function.value)}.{function.attr.value}"
    if qualified not in site.libraries.strings:
        return False
    site.libraries.used.add(qualified)
    return True


def _twin_of_path(site: Site[cst.SimpleString], text: str) -> str | None:
    """Return the dotted name of a module, or of what is in one, in the twin."""
    definitions, libraries = site.names.definitions, site.libraries
    home = definitions.module_of(text)
    if home is not None and home == text:
        return definitions.modules[home]
    if "." not in text:
        return None
    if definitions.original(text) != text:
        raise Refused(
            f"what the twin of {home} calls {text[len(home or '') + 1:]} is not known, "
            "because that comes from another library",
            "name it where it is defined, or mark the code `# twingen: async-only`",
        )
    first, *members = text[len(home) + 1 :].split(".") if home else [text]
    verdict = libraries.verdict(f"{home}.{first}" if home else text)
    if verdict is None:
        return None
    if not verdict.becomes:
        raise Refused(
            f"{text} has no one name in the twin",
            "mark the code `# twingen: async-only`",
        )
    owner = f"{home}.{first}"
    own = libraries.own_methods
    for member in members[:1]:
        found = own.twin_of(owner, member) if own else None
        members[0] = found or libraries.methods.get(member) or member
    members = [DUNDERS.get(member, member) for member in members]
    return ".".join([verdict.becomes, *members])


def _twin_of_member(
    site: Site[cst.SimpleString], call: cst.Call, text: str
) -> str | None:
    """Return what the object that is given first calls a member in the twin."""
    value = call.args[0].value
    if "." in text or value is site.old:
        return None
    module = site.names.qualified(value)
    renames = site.libraries.renames
    if module in site.names.definitions.modules and renames is not None:
        return renames.local(text)
    return DUNDERS.get(text) or twin_of_method(site, value, text)
