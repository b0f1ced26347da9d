"""Takes out the parentheses that hold nothing together.

What an expression needs depends on where it stands: `(a + b) * c` keeps them, `(a * b)
+ c` does not. Where that is not known they stay.
"""

from __future__ import annotations

import libcst as cst

# How strongly an expression holds together; see the Python reference on operator
# precedence. What is not listed holds as a name does.
_YIELD, _TEST, _LAMBDA, _CHOICE, _OR, _AND, _NOT, _COMPARISON = range(8)
_BIT_OR, _BIT_XOR, _BIT_AND, _SHIFT, _SUM, _PRODUCT, _SIGN, _POWER, _AWAIT = range(
    8, 17
)
_ATOM = 17

_OPERATORS: dict[type[cst.CSTNode], int] = {
    cst.Or: _OR,
    cst.And: _AND,
    cst.BitOr: _BIT_OR,
    cst.BitXor: _BIT_XOR,
    cst.BitAnd: _BIT_AND,
    cst.LeftShift: _SHIFT,
    cst.RightShift: _SHIFT,
    cst.Add: _SUM,
    cst.Subtract: _SUM,
    cst.Multiply: _PRODUCT,
    cst.MatrixMultiply: _PRODUCT,
    cst.Divide: _PRODUCT,
    cst.FloorDivide: _PRODUCT,
    cst.Modulo: _PRODUCT,
    cst.Power: _POWER,
    cst.Not: _NOT,
    cst.Minus: _SIGN,
    cst.Plus: _SIGN,
    cst.BitInvert: _SIGN,
}
# What an expression must hold at least like where it stands, by the node and the field
# that it stands in.
_NEEDED: dict[tuple[type[cst.CSTNode], str], int] = {
    (cst.Assign, "value"): _YIELD,
    (cst.AnnAssign, "value"): _YIELD,
    (cst.AugAssign, "value"): _YIELD,
    (cst.Expr, "value"): _YIELD,
    (cst.Return, "value"): _LAMBDA,
    (cst.Raise, "exc"): _LAMBDA,
    (cst.From, "item"): _LAMBDA,
    (cst.Assert, "test"): _LAMBDA,
    (cst.Assert, "msg"): _LAMBDA,
    (cst.If, "test"): _TEST,
    (cst.While, "test"): _TEST,
    (cst.For, "iter"): _LAMBDA,
    (cst.WithItem, "item"): _LAMBDA,
    (cst.Param, "default"): _LAMBDA,
    (cst.Annotation, "annotation"): _LAMBDA,
    (cst.Arg, "value"): _LAMBDA,
    (cst.Index, "value"): _LAMBDA,
    (cst.Element, "value"): _LAMBDA,
    (cst.StarredElement, "value"): _BIT_OR,
    (cst.StarredDictElement, "value"): _BIT_OR,
    (cst.Slice, "lower"): _CHOICE,
    (cst.Slice, "upper"): _CHOICE,
    (cst.Slice, "step"): _CHOICE,
    (cst.DictElement, "key"): _LAMBDA,
    (cst.DictElement, "value"): _LAMBDA,
    (cst.ListComp, "elt"): _LAMBDA,
    (cst.SetComp, "elt"): _LAMBDA,
    (cst.GeneratorExp, "elt"): _LAMBDA,
    (cst.DictComp, "key"): _LAMBDA,
    (cst.DictComp, "value"): _LAMBDA,
    (cst.CompFor, "iter"): _OR,
    (cst.CompIf, "test"): _OR,
    (cst.Lambda, "body"): _LAMBDA,
    (cst.IfExp, "body"): _OR,
    (cst.IfExp, "test"): _OR,
    (cst.IfExp, "orelse"): _LAMBDA,
    (cst.Comparison, "left"): _BIT_OR,
    (cst.ComparisonTarget, "comparator"): _BIT_OR,
    (cst.Await, "expression"): _ATOM,
    (cst.Attribute, "value"): _ATOM,
    (cst.Call, "func"): _ATOM,
    (cst.Subscript, "value"): _ATOM,
}
_OPERATIONS = (cst.BinaryOperation, cst.BooleanOperation)
# `(1).real` and a generator, a tuple or `:=` are told from something else by theirs.
_KEPT = (cst.Tuple, cst.GeneratorExp, cst.NamedExpr, cst.BaseNumber)


class WithoutParentheses(cst.CSTTransformer):
    """Takes them out of a tree; words that they stood beside must be apart already."""

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """A generator that is the only argument has those of the call."""
        arguments = updated_node.args
        if len(arguments) != 1 or not isinstance(arguments[0].value, cst.GeneratorExp):
            return updated_node
        bare = arguments[0].value.with_changes(lpar=[], rpar=[])
        return updated_node.with_changes(args=[arguments[0].with_changes(value=bare)])

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        node = super().on_leave(original_node, updated_node)
        if not isinstance(node, cst.CSTNode):
            return node
        changes = {}
        for field, needed in _fields(node):
            value = getattr(node, field)
            if not isinstance(value, cst.BaseExpression) or not value.lpar:
                continue
            keeps = isinstance(value, _KEPT) or _strength(value) < needed
            left = 1 if keeps else 0
            if len(value.lpar) > left:
                changes[field] = value.with_changes(
                    lpar=value.lpar[:left], rpar=value.rpar[:left]
                )
        return node.with_changes(**changes) if changes else node


def _fields(node: cst.CSTNode) -> list[tuple[str, int]]:
    """Return the fields of a node that hold expressions, with what each needs."""
    if isinstance(node, _OPERATIONS):
        own = _OPERATORS[type(node.operator)]
        if own == _POWER:
            return [("left", _AWAIT), ("right", _SIGN)]
        return [("left", own), ("right", own + 1)]
    if isinstance(node, cst.UnaryOperation):
        return [("expression", _OPERATORS[type(node.operator)])]
    return [
        (field, needed)
        for (kind, field), needed in _NEEDED.items()
        if type(node) is kind
    ]


def _strength(value: cst.BaseExpression) -> int:
    """Return how strongly an expression holds together without its parentheses."""
    if isinstance(value, (*_OPERATIONS, cst.UnaryOperation)):
        return _OPERATORS[type(value.operator)]
    if isinstance(value, cst.Yield):
        return _YIELD
    if isinstance(value, cst.Lambda):
        return _LAMBDA
    if isinstance(value, cst.IfExp):
        return _CHOICE
    if isinstance(value, cst.Comparison):
        return _COMPARISON
    return _AWAIT if isinstance(value, cst.Await) else _ATOM
