"""What is said of the fields of a model: the text below each in its source.

Pydantic would read the source of every model whenever it is imported (`use_attribute_docstrings`), a fifth of what reading a case takes. Here it is
read when somebody asks.
"""

import ast
from functools import cache
from inspect import cleandoc, getsource
from itertools import zip_longest
from textwrap import dedent


def description(model, field) -> str:
    """What is said of this FieldInfo of a model; "" if nothing is."""
    name = next((name for name, other in model.model_fields.items() if other is field), None)
    return (field.description or _below_fields(model).get(name, "")) if field else ""


@cache
def _below_fields(model):
    """Name -> text, of the fields of a class and of its bases."""
    found = {}
    for cls in reversed(model.__mro__):
        if "__pydantic_fields__" in vars(cls):
            found |= _below_own_fields(cls)
    return found


def _below_own_fields(cls):
    try:
        (definition,) = ast.parse(dedent(getsource(cls))).body
    except (OSError, TypeError):  # typed in somewhere
        return {}
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: _text(below)
        for field, below in zip_longest(body, body[1:])
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def _text(statement):
    """The text of a statement that is nothing but text, else ""."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return cleandoc(value.value) if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
